/** An address as its bytes: 4 for IPv4, 16 for IPv6. IPv4 that is written as IPv6 (`::ffff:192.0.2.1`) is IPv4. */
export type IpAddress = readonly number[]

/** The addresses whose first `bits` bits are those of `address`. */
export interface IpRange {
  readonly address: IpAddress
  readonly bits: number
}

/** Reads an address, with the zone of an interface (`%eth0`) passed over; `undefined` where `text` is none (RFC 4291 §2.2). */
export function parseIp(text: string): IpAddress | undefined {
  const bare = text.split('%', 1)[0] as string
  if (!bare.includes(':')) return ipv4(bare)
  const bytes = ipv6(bare)
  const mapped = bytes !== undefined && bytes.every((it, at) => at >= 12 || it === (at < 10 ? 0 : 255))
  return mapped ? bytes.slice(12) : bytes
}

/** Reads an address or a range in CIDR notation (`10.0.0.0/8`, RFC 4632 §3.1); `undefined` where `text` is neither, or has bits behind its prefix. */
export function parseRange(text: string): IpRange | undefined {
  const [head = '', tail, more] = text.split('/')
  const address = head.includes('%') ? undefined : parseIp(head)
  if (address === undefined || more !== undefined) return undefined
  if (tail === undefined) return { address, bits: address.length * 8 }
  if (!/^(?:0|[1-9]\d{0,2})$/.test(tail)) return undefined
  // A mapped range is written with the bits of IPv6.
  const bits = Number(tail) - (address.length === 4 && head.includes(':') ? 96 : 0)
  if (bits < 0 || bits > address.length * 8) return undefined
  // `10.1.2.3/8` is a slip for one of two things, which differ by sixteen million addresses.
  return address.every((byte, at) => (byte & (0xff >> clamp(bits - at * 8))) === 0) ? { address, bits } : undefined
}

/** Whether an address lies in a range. IPv4 never lies in a range of IPv6. */
export function inRange(address: IpAddress, { address: network, bits }: IpRange): boolean {
  if (address.length !== network.length) return false
  return network.every((byte, at) => ((byte ^ (address[at] as number)) & (0xff00 >> clamp(bits - at * 8)) & 0xff) === 0)
}

function clamp(bits: number): number {
  return Math.min(8, Math.max(0, bits))
}

/** Four decimal numbers without leading zeros, in which some read octal. */
function ipv4(text: string): number[] | undefined {
  const parts = text.split('.')
  const legal = parts.length === 4 && parts.every((it) => /^(?:0|[1-9]\d{0,2})$/.test(it) && Number(it) <= 255)
  return legal ? parts.map(Number) : undefined
}

function ipv6(text: string): number[] | undefined {
  let rest = text
  let tail: number[] = []
  const dotted = /^(.*:)(\d[\d.]*\.[\d.]*)$/.exec(text)
  if (dotted) {
    const last = ipv4(dotted[2] as string)
    if (last === undefined) return undefined
    tail = last
    // As many groups as the dotted part stands for.
    rest = `${dotted[1]}0:0`
  }
  const halves = rest.split('::')
  if (halves.length > 2) return undefined
  const [head = [], behind] = halves.map((half) => (half === '' ? [] : half.split(':')))
  const missing = 8 - head.length - (behind?.length ?? 0)
  if (behind === undefined ? missing !== 0 : missing < 1) return undefined
  const groups = [...head, ...Array<string>(behind ? missing : 0).fill('0'), ...(behind ?? [])]
  if (!groups.every((it) => /^[0-9a-f]{1,4}$/i.test(it))) return undefined
  const bytes = groups.flatMap((it) => [Number.parseInt(it, 16) >> 8, Number.parseInt(it, 16) & 255])
  return tail.length === 0 ? bytes : [...bytes.slice(0, 12), ...tail]
}
