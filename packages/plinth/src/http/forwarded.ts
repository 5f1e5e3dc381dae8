import { isHost } from './host.ts'
import { parseIp } from './ip-address.ts'
import { trimBlanks } from './trim-blanks.ts'
import { type ProxyAddresses, proxyAddresses } from './trusted-proxies.ts'

/** How an application stands behind proxies. */
export interface TrustProxyOptions {
  /** Which proxies: their addresses, or how many stand in front, one behind the other. */
  readonly from: ProxyAddresses | number
  /**
   * Where they write: `x-forwarded` is `X-Forwarded-For`, `-Proto` and `-Host`; `forwarded` is the field of RFC 7239. The other one is
   * never read, since it is what the client wrote. Default `x-forwarded`.
   */
  readonly header?: 'x-forwarded' | 'forwarded'
}

/** `'private'`, `['10.0.0.0/8', '2001:db8::7']`, `1`, or an object that says where the proxies write as well. */
export type TrustProxy = ProxyAddresses | number | TrustProxyOptions

/** What trusted proxies say of a request; what they do not say is left out. */
export interface ForwardedFacts {
  readonly address?: string
  readonly port?: number
  readonly secure?: boolean
  readonly host?: string
}

/** The direct peer's address and one header by lower-case name, to what is believed of the request. */
export type ReadForwarded = (address: string, header: (name: string) => string | undefined) => ForwardedFacts

/** One proxy's word. */
interface Hop {
  /** `undefined` for what is no address: `unknown`, `_hidden`, a broken one. It ends the way. */
  readonly node: { readonly address: string; readonly port: number } | undefined
  readonly proto?: string | undefined
  readonly host?: string | undefined
}

const nothing: ForwardedFacts = {}

/**
 * Makes of the setting what reads a request.
 *
 * Every proxy appends whom it was asked by, so the list is read from the right: an entry counts while the one who wrote it is trusted,
 * and what stands before the first who is not is whatever a client wrote. An entry that is no address ends the way.
 * @throws {TypeError} naming what is wrong with the setting.
 */
export function readForwarded(setting: TrustProxy): ReadForwarded {
  const given: unknown = setting
  const options = typeof given === 'object' && given !== null && !Array.isArray(given) ? (given as TrustProxyOptions) : undefined
  const from = options === undefined ? (setting as ProxyAddresses | number) : options.from
  const header = options?.header ?? 'x-forwarded'
  if (header !== 'x-forwarded' && header !== 'forwarded') throw new TypeError("trustProxy: header must be 'x-forwarded' or 'forwarded'")
  const read = header === 'forwarded' ? readElements : readLists
  if (typeof from !== 'number') {
    const trusts = proxyAddresses('trustProxy', from)
    return (address, field) => {
      if (!trusts(address)) return nothing
      const hops = read(field)
      let taken = 0
      for (let at: string | undefined = address; at !== undefined && trusts(at) && hops[taken]?.node; taken++)
        at = hops[taken]?.node?.address
      return factsOf(hops, taken)
    }
  }
  if (!Number.isSafeInteger(from) || from < 1)
    throw new TypeError('trustProxy must be the number of proxies, 1 or more, or their addresses')
  return (_, field) => {
    const hops = read(field)
    // Fewer than there are proxies: it did not come by way of them.
    if (hops.length < from) return nothing
    let taken = 0
    while (taken < from && hops[taken]?.node) taken++
    return factsOf(hops, taken)
  }
}

function factsOf(hops: readonly Hop[], taken: number): ForwardedFacts {
  // Without an address in it, the nearest proxy's word on scheme and host still is a trusted one's.
  const { node, proto, host } = hops[Math.max(0, taken - 1)] ?? {}
  const scheme = proto?.toLowerCase()
  return {
    ...(taken > 0 ? node : undefined),
    ...(scheme === 'http' || scheme === 'https' ? { secure: scheme === 'https' } : undefined),
    ...(host !== undefined && isHost(host) ? { host } : undefined),
  }
}

/** The three lists, nearest proxy first. */
function readLists(field: (name: string) => string | undefined): readonly Hop[] {
  const nodes = listOf(field('x-forwarded-for'))
  const protos = listOf(field('x-forwarded-proto'))
  const hosts = listOf(field('x-forwarded-host'))
  const length = Math.max(nodes.length, Math.min(1, protos.length + hosts.length))
  // Most proxies set scheme and host once, at the edge, and pass on what they are told: one value holds for all the way.
  return Array.from({ length }, (_, at) => ({
    node: nodeOf(nodes[at] ?? ''),
    proto: protos[Math.min(at, protos.length - 1)],
    host: hosts[Math.min(at, hosts.length - 1)],
  }))
}

function listOf(value: string | undefined): readonly string[] {
  if (value === undefined) return []
  return value
    .split(',')
    .reverse()
    .map((it) => trimBlanks(it, 0, it.length))
}

const pair = /^[ \t]*([!#$%&'*+\-.^_`|~\w]+)=(?:([!#$%&'*+\-.^_`|~\w]+)|"((?:[\t !#-[\]-~\x80-\xff]|\\[\t -~\x80-\xff])*)")[ \t]*$/

/**
 * The elements of `Forwarded` (RFC 7239 §4), nearest proxy first. Cut at every comma, then each judged by itself: a client that opens a
 * quote and does not close it must not swallow what a proxy has appended. No address, scheme or host has a comma.
 */
function readElements(field: (name: string) => string | undefined): readonly Hop[] {
  const hops: Hop[] = []
  for (const element of listOf(field('forwarded'))) {
    const values = new Map<string, string>()
    const legal = element.split(';').every((part) => {
      const match = pair.exec(part)
      const name = match?.[1]?.toLowerCase() ?? ''
      if (match === null || values.has(name)) return false
      values.set(name, match[2] ?? (match[3] as string).replace(/\\(.)/g, '$1'))
      return true
    })
    if (!legal) {
      hops.push({ node: undefined })
      break
    }
    hops.push({ node: nodeOf(values.get('for') ?? ''), proto: values.get('proto'), host: values.get('host') })
  }
  return hops
}

/** An address, perhaps with its port: `192.0.2.1:4711`, `[2001:db8::1]:4711` (RFC 7239 §6). */
function nodeOf(entry: string): Hop['node'] {
  const match = /^(?:\[([\da-f:.]+)\]|([\d.]+))(?::(\d{1,5}))?$/i.exec(entry)
  const address = match?.[1] ?? match?.[2] ?? entry
  const port = Number(match?.[3] ?? 0)
  // The zone of an interface means nothing on another machine.
  return port > 65_535 || address.includes('%') || parseIp(address) === undefined ? undefined : { address, port }
}
