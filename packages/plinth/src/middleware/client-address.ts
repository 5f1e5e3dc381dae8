/**
 * The address of a request's client as a key to count by, or `''` where it is unknown. IPv4 that is written as IPv6
 * (`::ffff:192.0.2.1`) is IPv4; IPv6 counts by its first 64 bits, since one subscriber has all that follow (RFC 6177) and
 * could else be somebody new with each request.
 */
export function addressKey(address: string): string {
  const bare = address.split('%', 1)[0] as string
  if (!bare.includes(':')) return isIpv4(bare) ? bare : ''
  const groups = ipv6Groups(bare)
  if (!groups) return ''
  if (groups.slice(0, 5).every((it) => it === 0) && groups[5] === 0xffff) {
    const [high = 0, low = 0] = groups.slice(6)
    return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`
  }
  return `${groups
    .slice(0, 4)
    .map((it) => it.toString(16))
    .join(':')}::/64`
}

/**
 * Who asked, as the last of `hops` trusted proxies saw it: each appends to `X-Forwarded-For` whom it was asked by, so what
 * counts stands `hops` from the right, and all before it is whatever the client wrote. `undefined` when the header has fewer
 * entries, or no address there: then the request did not come by way of those proxies.
 */
export function forwardedAddress(header: string | undefined, hops: number): string | undefined {
  const entry = header?.split(',').at(-hops)?.trim()
  if (entry === undefined) return undefined
  // Some proxies add the port: `192.0.2.1:4711`, `[2001:db8::1]:4711`.
  const bracketed = /^\[([^\]]*)\](?::\d+)?$/.exec(entry)
  const bare = bracketed ? (bracketed[1] as string) : /^[\d.]+:\d+$/.test(entry) ? entry.slice(0, entry.indexOf(':')) : entry
  return addressKey(bare) === '' ? undefined : bare
}

function isIpv4(text: string): boolean {
  const parts = text.split('.')
  return parts.length === 4 && parts.every((it) => /^\d{1,3}$/.test(it) && Number(it) <= 255)
}

/** The eight groups, or `undefined` where `text` is no IPv6 address (RFC 4291 §2.2). */
function ipv6Groups(text: string): number[] | undefined {
  let rest = text
  const dotted = /^(.*:)([\d.]+)$/.exec(text)
  if (dotted && (dotted[2] as string).includes('.')) {
    if (!isIpv4(dotted[2] as string)) return undefined
    const [a = 0, b = 0, c = 0, d = 0] = (dotted[2] as string).split('.').map(Number)
    rest = `${dotted[1]}${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`
  }
  const halves = rest.split('::')
  if (halves.length > 2) return undefined
  const [head, tail] = halves.map((half) => (half === '' ? [] : half.split(':'))) as [string[], string[] | undefined]
  const missing = 8 - head.length - (tail?.length ?? 0)
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined
  const groups = [...head, ...Array<string>(tail ? missing : 0).fill('0'), ...(tail ?? [])]
  return groups.every((it) => /^[0-9a-f]{1,4}$/i.test(it)) ? groups.map((it) => Number.parseInt(it, 16)) : undefined
}
