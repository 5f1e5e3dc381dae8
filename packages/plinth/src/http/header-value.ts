/** RFC 9110 §5.6.2. */
export const token: RegExp = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
/** What a field value can't have (RFC 9110 §5.5): controls but the tab, and anything that isn't one byte. */
const unsafe = /[^\t\x20-\x7e\x80-\xff]/

/** What describes the connection and the framing, not the answer (RFC 9110 §7.6.1): from input they would let it shift the next answer. */
export const connectionFields: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
])

/**
 * Throws `TypeError` unless `name` is a token and `value` can stand in a header as it is. CR and LF would end the field and
 * let input write headers, or a whole answer, of its own; a code above U+00FF would be cut to its low byte, which may be one of them.
 */
export function checkHeader(name: string, value: string): void {
  if (!token.test(name)) throw new TypeError("A header name must be a token: letters, digits and !#$%&'*+-.^_`|~ alone.")
  if (connectionFields.has(name)) throw new TypeError(`Header \`${name}\` is the transport's own: leave it out.`)
  if (typeof value !== 'string') throw new TypeError(`Header \`${name}\`: the value must be a string.`)
  if (unsafe.test(value)) {
    throw new TypeError(`Header \`${name}\`: the value has a control character or one above U+00FF. Encode it before it gets here.`)
  }
}
