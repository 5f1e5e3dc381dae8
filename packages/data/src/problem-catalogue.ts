// The problems that this package answers with, beside the framework's own; docs/errors.md repeats them.

/** Where the database is at fault. */
export const databaseCatalogue = {
  'database-unavailable': {
    status: 503,
    title: 'The database is not available right now',
    help: 'Wait as long as Retry-After says, and try again.',
  },
  'database-timeout': {
    status: 503,
    title: 'The database took too long',
    help: 'Ask for less, or try again later.',
  },
} as const

/** Where a request has a key, or should have. */
export const idempotencyCatalogue = {
  'idempotency-key-missing': {
    status: 400,
    title: 'An Idempotency-Key is needed',
    help: 'Send a key of your own making, a UUID say, and the same one when you send the request again.',
  },
  'idempotency-key-malformed': {
    status: 400,
    title: 'The Idempotency-Key is malformed',
    help: 'Send 1 to 255 visible characters of ASCII, in double quotes or without.',
  },
  'idempotency-key-in-flight': {
    status: 409,
    title: 'A request with this Idempotency-Key is being answered',
    help: 'Wait as long as Retry-After says, and send it again.',
  },
  'idempotency-key-reused': {
    status: 422,
    title: 'This Idempotency-Key was used for another request',
    help: 'Use a new key for each request, and the same one only for sending the same request again.',
  },
} as const
