import { expect, test } from 'vitest'
import { FetchIncoming } from './fetch-incoming.ts'
import { fetchPlatform } from './fetch-platform.ts'

const request = new Request('http://a.example/')
const incoming = (...platform: unknown[]): FetchIncoming => new FetchIncoming(request, fetchPlatform(request, platform))

test('Bun passes its server: it knows the peer, is no environment, and is asked not to cut the silence of a handler', () => {
  const asked: unknown[] = []
  const server = {
    requestIP: (it: Request) => (it === request ? { address: '192.0.2.1', port: 5, family: 'IPv4' } : null),
    timeout: (...given: unknown[]) => void asked.push(given),
  }
  const { peer, env } = incoming(server)
  expect(peer).toMatchObject({ address: '192.0.2.1', port: 5, secure: false })
  expect(env).toBeUndefined()
  expect(asked).toEqual([[request, 255]])
})

test('a Bun server that has lost the connection, or is too old to count, leaves the peer unknown', () => {
  expect(incoming({ requestIP: () => null }).peer).toEqual({ address: '', port: 0, secure: false })
})

test('Deno passes the other end; a Unix socket has no address', () => {
  const { peer, env } = incoming({ remoteAddr: { transport: 'tcp', hostname: '192.0.2.2', port: 6 }, completed: Promise.resolve() })
  expect([peer, env]).toEqual([{ address: '192.0.2.2', port: 6, secure: false }, undefined])
  expect(incoming({ remoteAddr: { transport: 'unix', path: '/x' } }).peer).toEqual({ address: '', port: 0, secure: false })
})

test('Workers pass bindings and a context, whose waitUntil keeps its `this`', () => {
  const kept: unknown[] = []
  class Execution {
    waitUntil(work: Promise<unknown>): void {
      if (!(this instanceof Execution)) throw new TypeError('Illegal invocation')
      kept.push(work)
    }
  }
  const work = Promise.resolve()
  const it = incoming({ DB: 1 }, new Execution())
  it.waitUntil?.(work)
  expect([it.env, kept]).toEqual([{ DB: 1 }, [work]])
})

test('a forwarded address is not believed off Workers', () => {
  const spoofed = new Request('https://a.example/', { headers: { 'cf-connecting-ip': '192.0.2.9' } })
  const it = new FetchIncoming(spoofed, fetchPlatform(spoofed, [{}, { waitUntil: () => {} }]))
  expect(it.peer).toEqual({ address: '', port: 0, secure: true })
})

test.each([[[]], [[null]], [[undefined, null]], [[{ remoteAddr: null }]], [['text', 'text']]])('%j is what it is', (platform) => {
  const it = incoming(...platform)
  expect([it.env, it.waitUntil, it.peer.address]).toEqual([platform[0], undefined, ''])
})
