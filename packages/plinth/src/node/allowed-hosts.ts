import { hostName, isHost } from '../http/host.ts'

/** Whether requests for this `Host` or authority are ours. */
export type AllowedHosts = (host: string) => boolean

/** Reads `hosts` of `listen`; undefined takes any. Throws a TypeError for a name that no request could have. */
export function allowedHosts(names: readonly string[] | undefined): AllowedHosts | undefined {
  if (names === undefined) return undefined
  if (!Array.isArray(names) || names.length === 0) throw new TypeError('listen: hosts must be a list of names; leave it out to take any')
  const exact = new Set<string>()
  const suffixes: string[] = []
  for (const name of names as readonly unknown[]) {
    const below = typeof name === 'string' && name.startsWith('*.')
    const rest = below ? (name as string).slice(2) : name
    if (typeof rest !== 'string' || !isHost(rest) || /:\d+$/.test(rest) || (below && /^[.[]/.test(rest)))
      throw new TypeError(
        `listen: hosts: ${JSON.stringify(name)} is no host; write 'api.example.com', '*.example.com' or '[::1]', without a port`,
      )
    if (below) suffixes.push(`.${rest.toLowerCase()}`)
    else exact.add(rest.toLowerCase())
  }
  return (host) => {
    const asked = hostName(host)
    return exact.has(asked) || suffixes.some((suffix) => asked.length > suffix.length && asked.endsWith(suffix))
  }
}
