import { parseIp } from './ip-address.ts'

/**
 * A name or IPv4 address, or an IPv6 address in brackets, and perhaps a port. RFC 3986 §3.2.2 would also have `a,b`, `$(a)` and `%61`:
 * no name in DNS is one, and whoever puts such a host into a link, a cookie or a second request lets its sender write there.
 */
const hostForm = /^(?:[A-Za-z0-9._-]+|\[([0-9A-Fa-f:.]+)\])(?::(\d{1,5}))?$/

/** Whether a `Host` or an authority names a host (RFC 9110 §7.2), and a port that there is. */
export function isHost(host: string): boolean {
  const match = hostForm.exec(host)
  if (match === null) return false
  const [, inBrackets, port] = match
  if (port !== undefined && Number(port) > 65_535) return false
  return inBrackets === undefined || (inBrackets.includes(':') && parseIp(inBrackets) !== undefined)
}

/** A host without its port, in lower case: what two of them are compared by. */
export function hostName(host: string): string {
  return host.replace(/:\d+$/, '').toLowerCase()
}
