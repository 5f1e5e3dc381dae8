// What the engine waits for, and what it notices meanwhile.
import { afterEach, describe, expect, test, vi } from 'vitest'
import { core, type Running } from '../../app/index.ts'
import { RawConnection } from '../fixtures/raw-connection.ts'
import type { Http1Limits } from './limits.ts'
import { http1 } from './server.ts'

let running: Running
afterEach(() => running.close())

const head = (method: string, path: string, more = ''): string => `${method} ${path} HTTP/1.1\r\nHost: a\r\n${more}\r\n`
const connected = (): Promise<RawConnection> => new RawConnection(running.port).opened()

/** An answer on another connection: by then the server has read what was sent before. */
async function answeredBeside(): Promise<void> {
  const other = await connected()
  for (let i = 0; i < 3; i++) await other.send(head('GET', '/nowhere')).answer()
  other.destroy()
}

describe('a client that resets its connection while nothing is read of it', () => {
  let beginning: Promise<void>
  let aborted: Promise<number>
  async function serve(): Promise<void> {
    let began: () => void = () => {}
    beginning = new Promise<void>((done) => (began = done))
    let abort: (at: number) => void = () => {}
    aborted = new Promise<number>((done) => (abort = done))
    const wait = async ({ signal }: { readonly signal: AbortSignal }): Promise<string> => {
      began()
      await new Promise<void>((done) => signal.addEventListener('abort', () => done(), { once: true }))
      abort(performance.now())
      return 'nobody reads this'
    }
    running = await core({ mode: 'test' })
      .get('/wait', { timeout: 0 }, (ctx) => wait(ctx as never))
      .post('/wait', { body: 'stream', timeout: 0 }, (ctx) => wait(ctx as never))
      .listen({ port: 0, drainMs: 100, transport: 'http1' })
  }

  test.each([
    ['whose body nobody reads', head('POST', '/wait', 'Content-Type: x/y\r\nContent-Length: 9000000\r\n') + 'x'.repeat(8_000_000)],
    ['with more requests than may wait', head('GET', '/wait').repeat(20_000)],
    ['that goes on sending behind its last request', head('GET', '/wait', 'Connection: close\r\n') + 'x'.repeat(8_000_000)],
  ])('%s: its handler hears of it within a second', { timeout: 5_000 }, async (_, bytes) => {
    await serve()
    const client = await connected()
    client.send(bytes)
    await beginning
    await answeredBeside()
    const at = performance.now()
    client.reset()
    expect((await aborted) - at).toBeLessThan(1_000)
  })
})

describe('a client that reads slowly', () => {
  async function serve(limits: Partial<Http1Limits>, size: number): Promise<void> {
    running = await core({ mode: 'test' })
      // In one part, as a handler may hand over what it has: of its going Node tells in public only the end.
      .get('/', () => new Blob([Buffer.alloc(size)]).stream().pipeThrough(whole()))
      .listen({ port: 0, drainMs: 100, transport: http1({ limits }) })
  }

  function whole(): TransformStream<Uint8Array, Uint8Array> {
    const parts: Uint8Array[] = []
    return new TransformStream({
      transform: (part) => void parts.push(part),
      flush: (controller) => controller.enqueue(Buffer.concat(parts)),
    })
  }

  test('is not cut off while it takes anything', { timeout: 30_000 }, async () => {
    const size = 24_000_000
    await serve({ writeMs: 1_000 }, size)
    const client = await connected()
    client.send(head('GET', '/', 'Connection: close\r\n'))
    let received = 0
    let longest = 0
    let last = performance.now()
    client.socket.on('data', (chunk) => {
      client.received = ''
      received += chunk.length
      longest = Math.max(longest, performance.now() - last)
      last = performance.now()
      client.socket.pause()
      setTimeout(() => client.socket.resume(), 8)
    })
    await client.end(25_000)
    expect(longest).toBeLessThan(1_000)
    expect(received).toBeGreaterThan(size)
  })

  test('and takes nothing at all is cut off', { timeout: 10_000 }, async () => {
    await serve({ writeMs: 600 }, 24_000_000)
    const client = await connected()
    await client.send(head('GET', '/')).until('HTTP/1.1 200')
    client.socket.pause()
    const resume = setTimeout(() => client.socket.resume(), 2_500)
    await client.end(8_000)
    clearTimeout(resume)
    expect(client.received.length).toBeLessThan(24_000_000)
  })
})

test('a server without connections does not wake', async () => {
  const set = vi.spyOn(globalThis, 'setInterval')
  const cleared = vi.spyOn(globalThis, 'clearInterval')
  try {
    running = await core({ mode: 'test' }).listen({ port: 0, drainMs: 100, transport: 'http1' })
    expect(set).not.toHaveBeenCalled()
    const [one, other] = [await connected(), await connected()]
    for (const client of [one, other]) await client.send(head('GET', '/')).answer()
    expect(set).toHaveBeenCalledTimes(1)
    const timer = set.mock.results[0]?.value as NodeJS.Timeout
    expect(timer.hasRef()).toBe(false)
    one.destroy()
    await answeredBeside()
    expect(cleared).not.toHaveBeenCalledWith(timer)
    other.destroy()
    await vi.waitFor(() => expect(cleared).toHaveBeenCalledWith(timer))
    const again = await connected()
    await again.send(head('GET', '/')).answer()
    expect(set).toHaveBeenCalledTimes(2)
    again.destroy()
  } finally {
    set.mockRestore()
    cleared.mockRestore()
  }
})
