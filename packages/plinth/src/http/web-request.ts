import type { Incoming } from '../contract.ts'

/** The request as a web `Request`. Its body is the same stream as the transport's: it can be read once, here or there. */
export function webRequest(incoming: Incoming): Request {
  const scheme = incoming.peer.secure ? 'https' : 'http'
  const host = incoming.header('host') ?? 'localhost'
  const url = `${scheme}://${host}${incoming.path}${incoming.search === '' ? '' : `?${incoming.search}`}`
  const bare = incoming.method === 'GET' || incoming.method === 'HEAD'
  const init: RequestInit & { duplex?: 'half' } = {
    method: incoming.method,
    headers: [...incoming.headers()] as [string, string][],
    signal: incoming.signal,
  }
  const body = bare ? null : incoming.stream()
  if (body) {
    init.body = body
    init.duplex = 'half'
  }
  return new Request(url, init)
}
