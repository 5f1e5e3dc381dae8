import type { JsonType, Shape } from './shape.ts'

/** Every message says what would be right; none repeats what was sent, since messages end in logs and screenshots. */
const types: { readonly [type in JsonType]: string } = {
  null: 'null',
  boolean: 'true or false',
  number: 'a number',
  integer: 'an integer',
  string: 'a string',
  array: 'an array',
  object: 'an object',
}

export function typeMessage(wanted: readonly JsonType[]): string {
  return `must be ${list(wanted.map((type) => types[type]))}`
}

const formats: { readonly [format: string]: string } = {
  'date-time': 'must be a date and time with an offset, such as 2026-01-31T09:30:00Z',
  date: 'must be a date, such as 2026-01-31',
  time: 'must be a time with an offset, such as 09:30:00Z',
  duration: 'must be an ISO 8601 duration, such as P1DT12H',
  email: 'must be an email address',
  'idn-email': 'must be an email address',
  hostname: 'must be a host name',
  'idn-hostname': 'must be a host name',
  ipv4: 'must be an IPv4 address',
  ipv6: 'must be an IPv6 address',
  uri: 'must be an absolute URI',
  'uri-reference': 'must be a URI',
  iri: 'must be an absolute IRI',
  'iri-reference': 'must be an IRI',
  url: 'must be an absolute URL',
  uuid: 'must be a UUID',
  regex: 'must be a regular expression',
  'json-pointer': 'must be a JSON pointer',
  byte: 'must be bytes in base64',
  bigint: 'must be a whole number in decimal digits',
  decimal: 'must be a decimal number, such as 12.50',
}

export function formatMessage(format: string): string {
  return Object.hasOwn(formats, format) ? (formats[format] as string) : `must match the format ${format}`
}

/** More choices than this are counted instead of listed. */
const LISTED = 12

export function choiceMessage(choices: readonly unknown[]): string {
  if (choices.length > LISTED) return `must be one of the ${choices.length} allowed values`
  return `must be ${list(choices.map((choice) => JSON.stringify(choice)))}`
}

/** What a shape wants, in a few words, for a union's one issue; `undefined` where no few words say it. */
export function wanted(shape: Shape): readonly string[] | undefined {
  const { raw } = shape
  if (shape.file) return ['a file']
  if (raw.const !== undefined) return [JSON.stringify(raw.const)]
  if (Array.isArray(raw.enum)) return raw.enum.length > LISTED ? undefined : raw.enum.map((member) => JSON.stringify(member))
  if (typeof raw.format === 'string') return [formatMessage(raw.format).slice('must be '.length)]
  return shape.types?.map((type) => types[type])
}

export function list(words: readonly string[]): string {
  const unique = [...new Set(words)]
  const last = unique.pop()
  return unique.length === 0 ? `${last}` : `${unique.join(', ')} or ${last}`
}

export function count(most: number, what: string): string {
  return most === 1 ? `1 ${what}` : `${most} ${what}s`
}
