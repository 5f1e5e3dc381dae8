import { mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { core, file, guard, service, type Logger, type RequestRecord, type Running } from '../app/index.ts'
import { RawConnection } from './fixtures/raw-connection.ts'
import { nodeHttp } from './http-transport.ts'
import { http1 } from './http1/server.ts'

// What a client, a deadline or a shutdown breaks off in the middle: over real sockets.
const folder = mkdtempSync(join(tmpdir(), 'lifetime-'))
const big = join(folder, 'big.bin')
writeFileSync(big, Buffer.alloc(30_000_000, 'x'))
afterAll(() => rmSync(folder, { recursive: true }))

/** What happened, to be waited for by name. */
class Happenings {
  readonly #seen: string[] = []
  #waiting: (() => void)[] = []

  tell(what: string): void {
    this.#seen.push(what)
    for (const wake of this.#waiting.splice(0)) wake()
  }

  all(): readonly string[] {
    return this.#seen
  }

  /** Rejects with all that did happen when `what` has not within `ms`. */
  async until(what: string, times = 1, ms = 1_000): Promise<void> {
    let late = false
    const timer = setTimeout(() => {
      late = true
      for (const wake of this.#waiting.splice(0)) wake()
    }, ms)
    while (this.#seen.filter((it) => it === what).length < times) {
      if (late) throw new Error(`no '${what}' within ${ms} ms, but: ${this.#seen.join(', ')}`)
      await new Promise<void>((wake) => void this.#waiting.push(wake))
    }
    clearTimeout(timer)
  }
}

let seen: Happenings
let running: Running
let errors: string[]
/** Of the request that was answered or lost last. */
let last: { readonly status: number | undefined; readonly peer: object }
let before: number

/** Sockets of this thread, and descriptors on files of ours: other tests run in the same process. */
function open(): number {
  const sockets = process.getActiveResourcesInfo().filter((it) => it === 'TCPSocketWrap').length
  return sockets + (process.platform === 'linux' ? readdirSync('/proc/self/fd').filter(isOurs).length : 0)
}

function isOurs(descriptor: string): boolean {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`).startsWith(folder)
  } catch {
    return false // closed since it was listed
  }
}

const nothing = (): void => {}
const log: Logger = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: (fields: unknown, message?: string) => void errors.push(`${message}: ${String((fields as { err?: unknown }).err)}`),
  child: () => log,
}
const PerRequest = service('per-request', () => ({ id: 1 }), { scope: 'request', dispose: () => seen.tell('disposed') })

function define() {
  const slow = guard(async () => {
    seen.tell('guard began')
    await gate
  })
  return core({ log })
    .on('sent', (record: RequestRecord) => {
      seen.tell(`sent ${record.delivered}`)
      last = { status: record.status, peer: { ...record.incoming.peer } }
    })
    .post('/upload', ({ use }) => ({ ok: use(PerRequest).id }))
    .post('/upload-behind-guard', { guards: [slow], timeout: 0 }, () => 'ok')
    .post('/upload-stream', { body: 'stream', timeout: 0 }, async ({ body, use }) => {
      use(PerRequest)
      for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) seen.tell(`chunk of ${chunk.byteLength > 0}`)
      return 'ok'
    })
    .post('/upload-parts', { body: 'parts' }, async ({ body }) => {
      for await (const part of body) seen.tell(part.kind)
      return 'ok'
    })
    .post('/upload-late', { timeout: 60 }, () => 'ok')
    .get('/slow', async ({ signal, use }) => {
      use(PerRequest)
      const { promise, settle } = aborted(signal as AbortSignal)
      seen.tell('slow began')
      await Promise.race([promise, gate])
      settle()
      return 'slow'
    })
    .get('/deaf', async () => {
      seen.tell('deaf began')
      await gate
      return 'deaf'
    })
    .get('/late-stream', { timeout: 50 }, async ({ use }) => {
      await gate
      use(PerRequest)
      return new ReadableStream({ cancel: () => seen.tell('stream cancelled') }) as never
    })
    .get('/late-file', { timeout: 50 }, async () => {
      await gate
      return file(big)
    })
    .get('/events', async function* ({ signal, use }) {
      use(PerRequest)
      try {
        yield { n: 0 }
        seen.tell('first taken')
        await aborted(signal as AbortSignal).promise
      } finally {
        seen.tell('finally')
      }
    })
    .get('/ticking', () => {
      return new ReadableStream<Uint8Array>({
        async pull(controller) {
          await new Promise((done) => setTimeout(done, 1))
          controller.enqueue(Buffer.from('tick'))
        },
        cancel: () => seen.tell('tick cancelled'),
      })
    })
    .get('/busy-events', async function* () {
      try {
        for (let n = 0; ; n++) yield { n, pad: 'x'.repeat(10_000) }
      } finally {
        seen.tell('finally')
      }
    })
    .get('/broken-stream', ({ signal }) => {
      void aborted(signal as AbortSignal).promise
      return new ReadableStream<Uint8Array>({ pull: (controller) => controller.error(new Error('the source broke')) })
    })
    .get('/download', ({ use }) => {
      use(PerRequest)
      return file(big)
    })
}

/** A promise of the abort, that leaves no listener behind when it is settled otherwise. */
function aborted(signal: AbortSignal): { readonly promise: Promise<void>; settle(): void } {
  let settle = nothing
  const promise = new Promise<void>((done) => {
    settle = () => {
      signal.removeEventListener('abort', told)
      done()
    }
    const told = (): void => {
      seen.tell(`aborted by ${(signal.reason as Error).name}`)
      done()
    }
    signal.addEventListener('abort', told, { once: true })
  })
  return { promise, settle: () => settle() }
}

let gate: Promise<void>
let openGate: () => void

/** What is still open two seconds later, and what was logged as an error. */
async function left(): Promise<readonly string[]> {
  // A descriptor is given back some turns after its `close`.
  const until = Date.now() + 2_000
  while (open() > before && Date.now() < until) await new Promise((done) => setTimeout(done, 5))
  return open() > before ? [`${open() - before} open`, ...errors] : errors
}

const connected = (): Promise<RawConnection> => new RawConnection(running.port).opened()
const head = (method: string, path: string, more = ''): string => `${method} ${path} HTTP/1.1\r\nHost: a.test\r\n${more}\r\n`
const upload = (path: string, sent: string, type = 'application/json'): string =>
  head('POST', path, `Content-Type: ${type}\r\nContent-Length: 100000\r\n`) + sent
const multipart = '--xx\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--xx\r\n'

describe.each([
  ['node:http', nodeHttp],
  ['the engine', http1()],
] as const)('over %s:', (_, transport) => {
  beforeEach(async () => {
    seen = new Happenings()
    errors = []
    gate = new Promise((done) => (openGate = done))
    running = await define().listen({ port: 0, signals: false, log, mode: 'test', drainMs: 300, transport })
    before = open()
  })
  afterEach(async () => {
    openGate()
    await running.close()
  })

  describe.each(['destroy', 'reset'] as const)('a client that goes (%s)', (how) => {
    test('during its upload: nothing is logged as an error, services are disposed', async () => {
      const client = await connected()
      client.send(upload('/upload', '{"a":'))
      await answeredBeside()
      client[how]()
      await seen.until('sent false')
      expect(await left()).toEqual([])
    })

    test('is no failure of ours, and its address is known still', async () => {
      const client = await connected()
      const { localPort } = client.socket
      client.send(upload('/upload', '{"a":'))
      await answeredBeside()
      client[how]()
      await seen.until('sent false')
      expect(last).toEqual({ status: 499, peer: { address: '127.0.0.1', port: localPort, secure: false } })
    })

    test('before its body is asked for: the handler is not left waiting for it', async () => {
      const client = await connected()
      client.send(upload('/upload-behind-guard', '{"a":'))
      await seen.until('guard began')
      client[how]()
      expect(await left()).toEqual([])
      openGate()
      await seen.until('sent false')
      expect(errors).toEqual([])
    })

    test('during an upload that streams, or comes in parts', async () => {
      const streaming = await connected()
      streaming.send(upload('/upload-stream', 'x'.repeat(1_000), 'application/x-any'))
      await seen.until('chunk of true')
      const inParts = await connected()
      inParts.send(upload('/upload-parts', multipart, 'multipart/form-data; boundary=xx'))
      await seen.until('field')
      streaming[how]()
      inParts[how]()
      await seen.until('sent false', 2)
      await seen.until('disposed')
      expect(await left()).toEqual([])
    })

    test('during a slow handler: its signal aborts within a second', async () => {
      const client = await connected()
      client.send(head('GET', '/slow'))
      await seen.until('slow began')
      client[how]()
      await seen.until('aborted by ClientGone')
      await seen.until('sent false')
      await seen.until('disposed')
      expect(await left()).toEqual([])
    })

    test('during a slow handler that does not listen', async () => {
      const client = await connected()
      client.send(head('GET', '/deaf'))
      await seen.until('deaf began')
      client[how]()
      expect(await left()).toEqual([])
      openGate()
      await seen.until('sent false')
      expect(errors).toEqual([])
    })

    test('during events: the generator runs its finally, request-scoped services are disposed', async () => {
      const waiting = await connected()
      await waiting.send(head('GET', '/events')).until('"n":0')
      await seen.until('first taken')
      waiting[how]()
      await seen.until('finally')
      await seen.until('disposed')
      await seen.until('sent false')
      const busy = await connected()
      await busy.send(head('GET', '/busy-events')).until('"n":3')
      busy[how]()
      await seen.until('finally', 2)
      expect(await left()).toEqual([])
    })

    test('during a stream, at whatever moment: it is cancelled', async () => {
      const clients = await Promise.all(Array.from({ length: 60 }, connected))
      for (const client of clients) client.socket.once('data', () => client[how]())
      for (const client of clients) client.send(head('GET', '/ticking'))
      await seen.until('tick cancelled', 60, 5_000)
      await seen.until('sent false', 60)
      expect(await left()).toEqual([])
    })

    test('during a download: the file is closed', async () => {
      const client = await connected()
      await client.send(head('GET', '/download')).until('xxx')
      client.socket.pause()
      client[how]()
      await seen.until('sent false')
      await seen.until('disposed')
      expect(await left()).toEqual([])
    })
  })

  /** An answer on another connection: by then the server has read what was sent before. */
  async function answeredBeside(): Promise<void> {
    const other = await connected()
    await other.send(head('GET', '/nowhere')).answer()
    other.destroy()
  }

  test('a stream that fails breaks the connection off, and the signal of its handler aborts', async () => {
    const client = await connected()
    client.send(head('GET', '/broken-stream'))
    await seen.until('aborted by ClientGone')
    await seen.until('sent false')
    await client.end()
    expect(client.received).not.toContain('0\r\n\r\n')
  })

  describe('a deadline', () => {
    test('that passes while the body still comes is 503, and nothing waits for the rest', async () => {
      const client = await connected()
      const { status } = await client.send(upload('/upload-late', '{"a":')).answer(1_000)
      expect(status).toBe(503)
      await client.end(2_000)
      expect(await left()).toEqual([])
    })

    test('that passed: the stream that the handler still answers is cancelled, its services are disposed', async () => {
      const client = await connected()
      expect((await client.send(head('GET', '/late-stream')).answer()).status).toBe(503)
      openGate()
      await seen.until('stream cancelled')
      await seen.until('disposed')
      client.destroy()
      expect(await left()).toEqual([])
    })

    test('that passed: the file that the handler still answers is closed', async () => {
      const client = await connected()
      expect((await client.send(head('GET', '/late-file')).answer()).status).toBe(503)
      openGate()
      client.destroy()
      expect(await left()).toEqual([])
    })
  })

  test('an early refusal of an upload in parts reaches its sender', async () => {
    const client = await connected()
    const { status, body } = await client.send(upload('/upload-parts', 'no delimiter at all', 'multipart/form-data; boundary=xx')).answer()
    expect([status, JSON.parse(body)]).toMatchObject([400, { code: 'malformed-form' }])
    client.destroy()
  })

  describe('close', () => {
    test('during an upload, a slow handler, events and a download ends within the drain time, and leaves nothing', async () => {
      const clients = await Promise.all(Array.from({ length: 4 }, connected))
      const [uploading, slow, events, download] = clients as [RawConnection, RawConnection, RawConnection, RawConnection]
      uploading.send(upload('/upload', '{"a":'))
      slow.send(head('GET', '/slow'))
      await seen.until('slow began')
      await events.send(head('GET', '/events')).until('"n":0')
      await seen.until('first taken')
      await download.send(head('GET', '/download')).until('xxx')
      download.socket.pause()
      const start = performance.now()
      await running.close()
      expect(performance.now() - start).toBeLessThan(1_500)
      download.socket.resume()
      await Promise.all(clients.map((it) => it.end()))
      await seen.until('finally')
      // An event stream gets a proper end at once; what can't end in time is broken off.
      await seen.until('aborted by ServerClosing')
      await seen.until('sent true')
      await seen.until('sent false', 3)
      expect(await left()).toEqual([])
    })

    test('with time for idle connections answers what still comes on them, and says that it is the last', async () => {
      const [kept, silent, unused] = (await Promise.all([connected(), connected(), connected()])) as [
        RawConnection,
        RawConnection,
        RawConnection,
      ]
      expect((await kept.send(head('GET', '/nowhere')).answer()).headers).not.toContainEqual(['connection', 'close'])
      const closed = running.close({ idleMs: 250 })
      for (const client of [kept, silent]) {
        const { status, headers } = await client.send(head('GET', '/nowhere')).answer()
        expect(status).toBe(404)
        expect(headers).toContainEqual(['connection', 'close'])
        await client.end()
      }
      await closed
      await unused.end()
      expect(await left()).toEqual([])
    })

    test('with time for idle connections does not wait for it where there are none', async () => {
      await running.close()
      running = await define().listen({ port: 0, signals: false, log, mode: 'test', drainMs: 60_000, transport })
      const client = await connected()
      await client.send(head('GET', '/nowhere', 'Connection: close\r\n')).answer()
      await client.end()
      await running.close({ idleMs: 60_000 })
      expect(await left()).toEqual([])
    })

    test('lets a thousand slow requests end, each with its answer', async () => {
      await running.close()
      running = await define().listen({ port: 0, signals: false, log, mode: 'test', drainMs: 5_000, transport })
      const clients = await Promise.all(Array.from({ length: 1_000 }, connected))
      for (const client of clients) client.send(head('GET', '/slow'))
      await seen.until('slow began', 1_000, 5_000)
      const closed = running.close()
      openGate()
      const answers = await Promise.all(clients.map((it) => it.answer(5_000)))
      await closed
      expect(answers.filter(({ status, body }) => status === 200 && body === 'slow').length).toBe(1_000)
      expect(answers.every(({ headers }) => headers.some(([name, value]) => name === 'connection' && value === 'close'))).toBe(true)
      expect(seen.all().filter((it) => it === 'disposed').length).toBe(1_000)
      await Promise.all(clients.map((it) => it.end()))
      expect(await left()).toEqual([])
    }, 20_000)
  })
})
