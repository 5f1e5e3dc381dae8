import type { Peer } from '../contract.ts'
import { parseIp } from '../http/ip-address.ts'
import { UNIX_ADDRESS } from '../http/trusted-proxies.ts'

/** What a PROXY header says. `peer` is undefined where the connection is the proxy's own: its health check, say. */
export interface ProxyHeader {
  readonly peer: Peer | undefined
  /** Bytes that it takes up. */
  readonly length: number
}

/** The longest line of version 1, with its CRLF, and no longer. */
const V1_LIMIT = 107
/** Addresses of the longest kind and as much again for what is added to them, certificates not among it. */
const V2_LIMIT = 4_096
const signature = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1')
const v1Start = Buffer.from('PROXY ', 'latin1')
const v1Line = /^PROXY (?:UNKNOWN(?: [!-~ ]*)?|(TCP4|TCP6) ([\d.:A-Fa-f]+) ([\d.:A-Fa-f]+) (0|[1-9]\d{0,4}) (0|[1-9]\d{0,4}))$/
/** Bytes of the addresses by family, in the upper half of its byte. */
const addressBytes = [0, 12, 36, 216]
const SSL = 0x20

/**
 * The header of the PROXY protocol (version 1 or 2) that `bytes` begin with; `'more'` where it is not whole yet, `'malformed'` where the
 * bytes can't become one any more.
 */
export function readProxyHeader(bytes: Buffer): ProxyHeader | 'more' | 'malformed' {
  if (startsLike(bytes, signature)) return bytes.length < 16 ? 'more' : readV2(bytes)
  if (startsLike(bytes, v1Start)) return readV1(bytes)
  return 'malformed'
}

function startsLike(bytes: Buffer, start: Buffer): boolean {
  const length = Math.min(bytes.length, start.length)
  return bytes.compare(start, 0, length, 0, length) === 0
}

function readV1(bytes: Buffer): ProxyHeader | 'more' | 'malformed' {
  const end = bytes.subarray(0, V1_LIMIT).indexOf('\r\n')
  if (end === -1) return bytes.length >= V1_LIMIT ? 'malformed' : 'more'
  const match = v1Line.exec(bytes.toString('latin1', 0, end))
  if (match === null) return 'malformed'
  const length = end + 2
  const [, family, source = '', target = '', from, to] = match
  if (family === undefined) return { peer: undefined, length }
  const ofFamily = (it: string): boolean => it.includes(':') === (family === 'TCP6') && parseIp(it) !== undefined
  const ports = Number(from) <= 65_535 && Number(to) <= 65_535
  if (!ofFamily(source) || !ofFamily(target) || !ports) return 'malformed'
  return { peer: { address: source, port: Number(from), secure: false }, length }
}

function readV2(bytes: Buffer): ProxyHeader | 'more' | 'malformed' {
  const version = bytes[12] as number
  const family = (bytes[13] as number) >> 4
  const transport = (bytes[13] as number) & 0xf
  const size = bytes.readUInt16BE(14)
  const length = 16 + size
  if (version >> 4 !== 2 || (version & 0xf) > 1 || family > 3 || transport > 2 || size > V2_LIMIT) return 'malformed'
  if (bytes.length < length) return 'more'
  const own = (version & 0xf) === 0
  // §2.2 of the specification: of the proxy's own connections the addresses are passed over, whatever they are.
  if (own) return { peer: undefined, length }
  const start = 16 + (addressBytes[family] as number)
  // Datagrams don't come over a stream.
  if (start > length || transport === 2 || (family === 0) !== (transport === 0)) return 'malformed'
  const secure = readExtras(bytes.subarray(start, length))
  if (secure === undefined) return 'malformed'
  if (family === 0) return { peer: undefined, length }
  if (family === 3) return { peer: { address: UNIX_ADDRESS, port: 0, secure }, length }
  const address = family === 1 ? bytes.subarray(16, 20).join('.') : ipv6Text(bytes.subarray(16, 32))
  return { peer: { address, port: bytes.readUInt16BE(start - 4), secure }, length }
}

/** Whether they say that the client came over TLS; `undefined` where they do not fill their place exactly. */
function readExtras(bytes: Buffer): boolean | undefined {
  let secure = false
  for (let at = 0; at < bytes.length;) {
    if (at + 3 > bytes.length) return undefined
    const size = bytes.readUInt16BE(at + 1)
    if (at + 3 + size > bytes.length) return undefined
    if (bytes[at] === SSL) {
      if (size < 5) return undefined
      secure = ((bytes[at + 3] as number) & 1) === 1
    }
    at += 3 + size
  }
  return secure
}

function ipv6Text(bytes: Buffer): string {
  const groups = Array.from({ length: 8 }, (_, at) => bytes.readUInt16BE(at * 2).toString(16))
  // RFC 5952 §4.2: the first of the longest runs of zeros, of two at least, is left out.
  const runs = groups.map((_, at) => groups.slice(at).findIndex((it) => it !== '0')).map((it, at) => (it === -1 ? 8 - at : it))
  const longest = Math.max(...runs)
  if (longest < 2) return groups.join(':')
  const at = runs.indexOf(longest)
  return `${groups.slice(0, at).join(':')}::${groups.slice(at + longest).join(':')}`
}
