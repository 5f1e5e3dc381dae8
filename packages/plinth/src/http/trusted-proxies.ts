import { inRange, type IpRange, parseIp, parseRange } from './ip-address.ts'

/**
 * Proxies whose word is believed: `'192.0.2.7'`, `'10.0.0.0/8'`, `'loopback'` (`127.0.0.0/8`, `::1` and UNIX sockets), `'private'` (what no
 * router of the internet forwards: RFC 1918, RFC 4193, RFC 3927, link-local, and all of `loopback`), `'unix'` (UNIX sockets).
 */
export type ProxyAddresses = string | readonly string[]

/** What a peer on a UNIX socket has for an address: whoever may open the socket's file has none. */
export const UNIX_ADDRESS = 'unix'

const loopback = ['127.0.0.0/8', '::1', UNIX_ADDRESS]
const named: { readonly [name: string]: readonly string[] | undefined } = {
  __proto__: null as never,
  loopback,
  private: [...loopback, '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16', 'fc00::/7', 'fe80::/10'],
}

/**
 * A list of proxies as a question that can be asked of addresses.
 * @throws {TypeError} naming `setting` and the entry that is none.
 */
export function proxyAddresses(setting: string, given: ProxyAddresses): (address: string) => boolean {
  const list: readonly unknown[] = typeof given === 'string' ? [given] : given
  if (!Array.isArray(list) || list.length === 0)
    throw new TypeError(`${setting} must be an address, a range (10.0.0.0/8), 'loopback', 'private', 'unix', or a list of these`)
  let unix = false
  const ranges: IpRange[] = []
  for (const entry of list.flatMap((it) => (typeof it === 'string' ? (named[it] ?? it) : [it]))) {
    const range = typeof entry === 'string' && entry !== UNIX_ADDRESS ? parseRange(entry) : undefined
    if (entry === UNIX_ADDRESS) unix = true
    else if (range === undefined)
      throw new TypeError(
        `${setting}: ${JSON.stringify(entry)} is no address and no range; write 192.0.2.7, 10.0.0.0/8 (no bits behind the prefix), 2001:db8::/32, 'loopback', 'private' or 'unix'`,
      )
    else ranges.push(range)
  }
  return (address) => {
    if (address === UNIX_ADDRESS) return unix
    const bytes = parseIp(address)
    return bytes !== undefined && ranges.some((it) => inRange(bytes, it))
  }
}
