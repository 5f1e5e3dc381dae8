import { parseIp } from '../http/ip-address.ts'

/**
 * The address of a request's client as a key to count by, or `''` where it is unknown. IPv4 that is written as IPv6
 * (`::ffff:192.0.2.1`) is IPv4; IPv6 counts by its first 64 bits, since one subscriber has all that follow (RFC 6177) and
 * could else be somebody new with each request.
 */
export function addressKey(address: string): string {
  const bytes = parseIp(address)
  if (bytes === undefined) return ''
  if (bytes.length === 4) return bytes.join('.')
  const groups = [0, 2, 4, 6].map((at) => (((bytes[at] as number) << 8) | (bytes[at + 1] as number)).toString(16))
  return `${groups.join(':')}::/64`
}
