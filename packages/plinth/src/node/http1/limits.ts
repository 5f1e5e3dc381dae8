import { requireObject } from '../../internal/arguments.ts'

/** What one connection may use up. Sizes are bytes, times milliseconds. */
export interface Http1Limits {
  /** The request target, as it is sent. Longer ones get 414. Default 8 KiB. */
  readonly target: number
  /** One field line. Default 8 KiB; longer ones get 431. */
  readonly fieldLine: number
  /** All field lines of a head. Default 16 KiB; more gets 431. */
  readonly fields: number
  /** Field lines of a head, and of trailers. Default 100; more gets 431. */
  readonly fieldCount: number
  /** Chunk extensions of one request, and its trailers, each. Default 16 KiB. */
  readonly chunkExtras: number
  /** Requests that one connection may have unanswered; then nothing more is read of it. Default 16. */
  readonly pipelined: number
  /** Requests that one connection of HTTP/2 may have open; the client knows, and waits. Default 100. */
  readonly streams: number
  /** Streams of HTTP/2 that one connection may break off within ten seconds (CVE-2023-44487); then it is closed. Default 200. */
  readonly resets: number
  /** From the first byte of a request to the end of its head, and from a connection's beginning to its first byte. Default 10 s. */
  readonly headMs: number
  /** How long a body may be slower than {@link Http1Limits.bodyRate}. Default 10 s. */
  readonly bodyGraceMs: number
  /** Bytes a second. Default 500. */
  readonly bodyRate: number
  /** A body in all. Default 60 s. */
  readonly bodyMs: number
  /** A kept connection without a request. Default 72 s, longer than the 60 s after which proxies drop theirs. */
  readonly idleMs: number
  /** Something to send and nobody who takes it. Default 60 s. */
  readonly writeMs: number
}

export const defaultLimits: Http1Limits = {
  target: 8_192,
  fieldLine: 8_192,
  fields: 16_384,
  fieldCount: 100,
  chunkExtras: 16_384,
  pipelined: 16,
  streams: 100,
  resets: 200,
  headMs: 10_000,
  bodyGraceMs: 10_000,
  bodyRate: 500,
  bodyMs: 60_000,
  idleMs: 72_000,
  writeMs: 60_000,
}

const mayBeNone: ReadonlySet<string> = new Set(['chunkExtras', 'resets', 'bodyGraceMs', 'bodyRate'])

/** The limits that were given, beside the default ones. Throws a TypeError that names what is no limit. */
export function limitsOf(given: Partial<Http1Limits> = {}): Http1Limits {
  requireObject('http1: limits', given)
  const limits: { [name: string]: number } = { ...defaultLimits }
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(defaultLimits, name))
      throw new TypeError(`http1: limits.${name} is none; there are ${Object.keys(defaultLimits).join(', ')}`)
    if (value === undefined) continue
    const least = mayBeNone.has(name) ? 0 : 1
    if (typeof value !== 'number' || !(value >= least)) throw new TypeError(`http1: limits.${name} must be a number, ${least} or more`)
    limits[name] = value
  }
  return limits as unknown as Http1Limits
}

/** What a handler left unread of a body is drained up to here, so that the connection can be kept. */
export const DRAIN_LIMIT = 65_536
/** A body that nobody reads yet is taken in up to here, then the socket waits. */
export const BODY_AHEAD = 65_536
/** After the last answer the rest of what the client sends is read for so long, and so much of it (RFC 9112 §9.6): a reset would take the answer from it. */
export const LINGER_MS = 1_000
export const LINGER_LIMIT = 262_144
/** A body at hand that is longer is written in slices: of one long write nobody could tell whether the client still takes it. */
export const LONG_BODY = 262_144
