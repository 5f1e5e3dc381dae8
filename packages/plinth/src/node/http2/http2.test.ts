import { spawnSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  connect,
  constants,
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
} from 'node:http2'
import { request as httpsRequest } from 'node:https'
import { type AddressInfo, connect as connectPlain, createServer } from 'node:net'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { describe, expect, test, vi } from 'vitest'
import { core, type Dispatch, type Outgoing, reply, type Running } from '../../app/index.ts'
import { certificate } from '../fixtures/certificate.ts'
import { field, frame, frames, RawHttp2 } from '../fixtures/raw-http2.ts'
import { nodeHttp } from '../http-transport.ts'
import type { Http1Limits } from '../http1/limits.ts'
import { http1 } from '../http1/server.ts'
import type { NodeListening } from '../node-transport.ts'

const tls = certificate()
const { NGHTTP2_NO_ERROR, NGHTTP2_CANCEL, NGHTTP2_INTERNAL_ERROR, NGHTTP2_PROTOCOL_ERROR, NGHTTP2_ENHANCE_YOUR_CALM } = constants

interface Got {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
  readonly code: number
}

/** A session that ends with the test. */
class Client implements AsyncDisposable {
  readonly session: ClientHttp2Session
  /** Codes of GOAWAY. */
  readonly goaways: number[] = []

  constructor(url: string) {
    this.session = connect(url, { ca: tls.cert })
    this.session.on('error', () => {})
    this.session.on('goaway', (code: number) => this.goaways.push(code))
  }

  open(headers: OutgoingHttpHeaders, endStream = true): ClientHttp2Stream {
    const stream = this.session.request(headers, { endStream })
    stream.on('error', () => {})
    return stream
  }

  get(path: string, headers: OutgoingHttpHeaders = {}): Promise<Got> {
    return read(this.open({ ':path': path, ...headers }))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.session.destroyed) return
    const closed = once(this.session, 'close')
    this.session.destroy()
    await closed
  }
}

/** What comes, to the end of the stream. */
async function read(stream: ClientHttp2Stream): Promise<Got> {
  let headers: IncomingHttpHeaders = {}
  let body = ''
  stream.on('response', (it) => (headers = it))
  stream.setEncoding('utf8').on('data', (it: string) => (body += it))
  if (!stream.destroyed) await once(stream, 'close').catch(() => {})
  return { status: Number(headers[':status'] ?? 0), headers, body, code: stream.rstCode ?? 0 }
}

function listen(dispatch: Dispatch, limits: Partial<Http1Limits> = {}): Promise<NodeListening> {
  return http1({ limits }).listen(dispatch, { port: 0, tls })
}

const get = [':method', ':scheme', ':path', ':authority'].map((name, i) => [name, ['GET', 'https', '/', 'a.test'][i] as string] as const)

const pending: Dispatch = () => new Promise(() => {})

describe('who speaks it', () => {
  test('clients that ask for it in the handshake; others speak HTTP/1.1 on the same port', async () => {
    const listening = await listen(() => ({ status: 200, headers: [], body: 'x' }))
    await using client = new Client(listening.url)
    expect(await client.get('/')).toMatchObject({ status: 200, body: 'x' })
    const [answer] = (await once(httpsRequest(listening.url, { ca: tls.cert, agent: false }).end(), 'response')) as [
      { httpVersion: string; resume(): void },
    ]
    expect(answer.httpVersion).toBe('1.1')
    answer.resume()
    await listening.close(1_000)
  })

  test('nobody, where it is turned off, or over node:http', async () => {
    for (const transport of [http1(), nodeHttp]) {
      const off = transport === nodeHttp ? {} : { http2: false }
      const listening = await transport.listen(pending, { port: 0, tls, ...off })
      const socket: TLSSocket = connectTls({ port: listening.port, ca: tls.cert, ALPNProtocols: ['h2', 'http/1.1'] })
      await once(socket, 'secureConnect')
      expect(socket.alpnProtocol).toBe('http/1.1')
      socket.destroy()
      await listening.close(1_000)
    }
  })

  test('where it can not be had, asking for it is an error', async () => {
    await expect(http1().listen(pending, { port: 0, http2: true })).rejects.toThrow('listen: http2 needs tls')
    await expect(nodeHttp.listen(pending, { port: 0, tls, http2: true })).rejects.toThrow('listen: node:http has no HTTP/2')
  })

  test('who comes through a balancer that speaks the PROXY protocol, on a connection that somebody else accepted', async () => {
    const tellPeer: Dispatch = ({ peer }) => ({ status: 200, headers: [], body: `${peer.address} ${peer.port} ${peer.secure}` })
    const listening = await http1().listen(tellPeer, { port: 0, tls, proxyProtocol: true })
    const door = createServer({ pauseOnConnect: true }, (socket) => listening.accept(socket)).listen(0, '127.0.0.1')
    await once(door, 'listening')
    const outside = connectPlain((door.address() as AddressInfo).port, '127.0.0.1')
    await once(outside, 'connect')
    outside.write('PROXY TCP4 192.0.2.1 192.0.2.2 4711 443\r\n')
    const socket = connectTls({ socket: outside, ca: tls.cert, servername: 'localhost', ALPNProtocols: ['h2'] })
    const session = connect('https://localhost', { createConnection: () => socket })
    const stream = session.request({ ':path': '/' })
    expect((await read(stream)).body).toBe('192.0.2.1 4711 true')
    const ended = once(session, 'close')
    await listening.close(1_000)
    await ended
    await new Promise((done) => door.close(done))
  })

  const hasCurl = spawnSync('curl', ['--version'], { encoding: 'utf8' }).stdout?.includes('HTTP2') === true
  test.skipIf(!hasCurl)('curl, which posts and gets its bytes back', async () => {
    await using running = await core()
      .post('/echo', { body: 'bytes', bodyLimit: 10_000_000 }, ({ body }) => body)
      .listen({ port: 0, tls, mode: 'test', signals: false })
    const sent = Buffer.alloc(3_000_000, 'abcdefg')
    const child = spawn('curl', [
      '-sSk',
      '--http2',
      '--data-binary',
      '@-',
      '-H',
      'content-type: application/octet-stream',
      '-w',
      '%{stderr}%{http_version} %{http_code}',
      `${running.url}/echo`,
    ])
    const chunks: Buffer[] = []
    let told = ''
    child.stdout.on('data', (it: Buffer) => chunks.push(it))
    child.stderr.on('data', (it: Buffer) => (told += String(it)))
    child.stdin.end(sent)
    await once(child, 'close')
    expect(told).toBe('2 200')
    expect(Buffer.concat(chunks).equals(sent)).toBe(true)
  })
})

describe('requests', () => {
  let running: Running
  const serve = async (): Promise<Running> =>
    (running = await core()
      .get('/', ({ header }) => ({ host: header('host'), cookie: header('cookie') ?? null }))
      .post('/', ({ body }) => ({ body }))
      .get('/live', { websocket: true }, () => reply(503, null))
      .listen({ port: 0, tls, hosts: ['127.0.0.1', 'a.test'], mode: 'test', signals: false }))

  test('are refused with a whole problem before the application is asked', async () => {
    await using _ = await serve()
    await using client = new Client(running.url)
    const asked: readonly (readonly [OutgoingHttpHeaders, number])[] = [
      [{ ':authority': 'a.test', host: 'b.test' }, 400],
      [{ ':authority': 'user@a.test' }, 400],
      [{ ':authority': 'b.test' }, 421],
      [{ ':path': `/${'x'.repeat(9_000)}` }, 414],
      [{ x: 'x'.repeat(9_000) }, 431],
      [{ expect: 'magic' }, 417],
    ]
    for (const [headers, status] of asked) {
      const got = await client.get('/', headers)
      expect([got.status, JSON.parse(got.body), got.code]).toEqual([status, expect.objectContaining({ status }), NGHTTP2_NO_ERROR])
      expect(got.headers).toMatchObject({ 'content-type': 'application/problem+json; charset=utf-8', 'x-content-type-options': 'nosniff' })
    }
    expect(await client.get('/', { ':authority': 'A.test:8443', cookie: ['a=1', 'b=2'] })).toMatchObject({
      status: 200,
      body: '{"host":"A.test:8443","cookie":"a=1; b=2"}',
    })
  })

  test('that RFC 9113 calls malformed are broken off, and the others go on', async () => {
    await using _ = await serve()
    await using client = new Client(running.url)
    const short = client.open({ ':method': 'POST', ':path': '/', 'content-length': '5', 'content-type': 'application/json' }, false)
    short.end('{}')
    expect(await read(short)).toMatchObject({ status: 0, code: NGHTTP2_PROTOCOL_ERROR })
    // What fits no head that could be answered.
    expect((await client.get('/', { x: 'x'.repeat(60_000), y: 'x'.repeat(20_000) })).status).toBe(0)
    expect((await client.get('/')).status).toBe(200)
  })

  test.each([
    ['a field of the connection', [...get, ['connection', 'keep-alive']]],
    ['a coding of HTTP/1.1', [...get, ['transfer-encoding', 'chunked']]],
    ['an upgrade', [...get, ['upgrade', 'websocket']]],
    ['TE beside trailers', [...get, ['te', 'gzip']]],
    ['a name in upper case', [...get, ['Accept', 'x/y']]],
    ['a pseudo-field behind a field', [get[0], get[1], ['accept', 'x/y'], get[2], get[3]]],
    ['a pseudo-field twice', [...get, [':path', '/']]],
    ['no path', get.filter(([name]) => name !== ':path')],
    ['one that nobody knows', [...get, [':protocol', 'websocket']]],
    ['a length that the body has not', [...get, ['content-length', '3']]],
  ] as readonly (readonly [string, readonly (readonly [string, string])[]])[])('with %s are broken off', async (_, fields) => {
    let served = 0
    const listening = await listen(() => {
      served++
      return { status: 200, headers: [], body: 'x' }
    })
    const client = await new RawHttp2(listening.port, tls.cert).opened()
    const reset = client.request(1, fields).frame((it) => it.type === frames.reset || it.type === frames.headers)
    expect((await reset).type).toBe(frames.reset)
    client.request(3, get)
    await client.frame((it) => it.type === frames.headers && it.stream === 3)
    expect(served).toBe(1)
    client.socket.destroy()
    await listening.close(1_000)
  })

  test('lose values that no field may have: the platform drops them unheard', async () => {
    const seen: string[] = []
    const listening = await listen((incoming) => {
      seen.push(...[...incoming.headers()].map(([name]) => name))
      return { status: 204, headers: [], body: null }
    })
    const client = await new RawHttp2(listening.port, tls.cert).opened()
    client.request(1, [...get, ['a', 'b\r\nc: d'], ['e', 'f\0'], ['g', ' h'], ['i', 'j']])
    await client.frame((it) => it.type === frames.headers)
    expect(seen).toEqual(['i', 'host'])
    client.socket.destroy()
    await listening.close(1_000)
  })

  test('answers say nothing of the connection', async () => {
    const ofConnection = ['connection', 'close', 'keep-alive', 'timeout=1', 'transfer-encoding', 'chunked', 'upgrade', 'h2c']
    const fields = ['set-cookie', 'a=1', 'set-cookie', 'b=2', 'link', '</a>', 'link', '</b>', 'content-length', '9']
    const listening = await listen(() => ({ status: 200, headers: [...ofConnection, ...fields], body: 'x' }))
    await using plain = new Client(listening.url)
    const { headers, body } = await plain.get('/')
    expect(body).toBe('x')
    expect(Object.fromEntries(Object.entries(headers))).toEqual({
      ':status': 200,
      'content-length': '1',
      date: expect.any(String) as string,
      'set-cookie': ['a=1', 'b=2'],
      link: '</a>, </b>',
    })
    await listening.close(1_000)
    await using _ = await serve()
    await using client = new Client(running.url)
    const refused = await client.get('/live', { 'sec-websocket-version': '13' })
    expect([refused.status, refused.headers.upgrade, refused.headers.connection]).toEqual([426, undefined, undefined])
  })

  test('who waits to be told sends its body when somebody reads it', async () => {
    await using _ = await serve()
    await using client = new Client(running.url)
    const stream = client.open({ ':method': 'POST', ':path': '/', 'content-type': 'application/json', expect: '100-continue' }, false)
    const got = read(stream)
    await once(stream, 'continue')
    stream.end('{"a":1}')
    expect(await got).toMatchObject({ status: 200, body: '{"body":{"a":1}}' })
  })
})

describe('answers', () => {
  const stream = (...chunks: readonly string[]): ReadableStream<Uint8Array> =>
    new ReadableStream({
      start(controller) {
        for (const chunk of chunks) controller.enqueue(Buffer.from(chunk))
        controller.close()
      },
    })

  test.each([
    ['longer than it says', stream('abc', 'def')],
    ['shorter than it says', stream('ab')],
  ])('a body that is %s is broken off', async (_, body) => {
    const listening = await listen(() => ({ status: 200, headers: ['content-length', '4'], body }))
    await using client = new Client(listening.url)
    expect(await client.get('/')).toMatchObject({ code: NGHTTP2_INTERNAL_ERROR })
    await listening.close(1_000)
  })

  test('what can not be written breaks its stream alone, and warns', async () => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    const answers: { readonly [path: string]: Outgoing } = {
      '/status': { status: 99, headers: [], body: 'x' },
      '/value': { status: 200, headers: ['x', 'a\r\nset-cookie: b'], body: 'x' },
      '/name': { status: 200, headers: ['x y', 'a'], body: 'x' },
      '/': { status: 200, headers: [], body: 'x' },
    }
    const listening = await listen(({ path }) => answers[path] as Outgoing)
    try {
      await using client = new Client(listening.url)
      for (const path of ['/status', '/value', '/name'])
        expect(await client.get(path)).toMatchObject({ status: 0, code: NGHTTP2_INTERNAL_ERROR })
      expect(warned).toHaveBeenCalledTimes(3)
      expect((await client.get('/')).body).toBe('x')
    } finally {
      warned.mockRestore()
      await listening.close(1_000)
    }
  })

  test('are made no faster than they are read', async () => {
    let made = 0
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        made++
        controller.enqueue(new Uint8Array(65_536))
        if (made === 1_600) controller.close()
      },
    })
    const listening = await listen(() => ({ status: 200, headers: [], body }))
    await using client = new Client(listening.url)
    const asked = client.open({ ':path': '/' })
    await once(asked, 'response')
    const first = made
    // A second request goes through meanwhile, so the server was there.
    await new Promise<void>((done) => client.session.ping(() => done()))
    expect(made - first).toBeLessThan(16)
    let size = 0
    asked.on('data', (chunk: Buffer) => (size += chunk.length))
    await once(asked, 'close')
    expect(size).toBe(1_600 * 65_536)
    await listening.close(1_000)
  })

  test('that nobody reads yet wait, as many as may be open, and no stream is refused for them', async () => {
    const listening = await listen(() => ({ status: 200, headers: [], body: 'x'.repeat(250_000) }))
    await using client = new Client(listening.url)
    await once(client.session, 'remoteSettings')
    const asked = Array.from({ length: 100 }, () => client.open({ ':path': '/' }))
    await Promise.all(asked.map((it) => once(it, 'response')))
    const got = await Promise.all(asked.map(read))
    expect(got.filter(({ body, code }) => body.length === 250_000 && code === NGHTTP2_NO_ERROR)).toHaveLength(100)
    await listening.close(1_000)
  })

  test('that come early are heard by who still sends', async () => {
    await using running = await core()
      .post('/small', { body: 'bytes', bodyLimit: 1_000 }, ({ body }) => body.byteLength)
      .listen({ port: 0, tls, mode: 'test', signals: false })
    await using client = new Client(running.url)
    for (const headers of [{}, { 'content-length': '10000000' }]) {
      const upload = client.open({ ':method': 'POST', ':path': '/small', 'content-type': 'application/octet-stream', ...headers }, false)
      const chunk = Buffer.alloc(100_000)
      const more = (): void => {
        while (!upload.destroyed && !upload.closed && upload.write(chunk));
      }
      upload.on('drain', more)
      more()
      expect(await read(upload)).toMatchObject({ status: 413, code: NGHTTP2_NO_ERROR })
    }
    expect(client.session.destroyed).toBe(false)
  })
})

describe('what breaks', () => {
  test('a client that breaks a stream off aborts its signal, and the others go on', async () => {
    let aborted: (reason: unknown) => void
    const reason = new Promise((done) => (aborted = done))
    const listening = await listen(({ path, signal }) => {
      if (path === '/') return { status: 200, headers: [], body: 'x' }
      return new Promise((answer) => {
        signal.addEventListener('abort', () => {
          aborted(signal.reason)
          answer({ status: 200, headers: [], body: 'late' })
        })
      })
    })
    await using client = new Client(listening.url)
    const stream = client.open({ ':path': '/wait' })
    expect((await client.get('/')).body).toBe('x')
    stream.close(NGHTTP2_CANCEL)
    expect(await reason).toMatchObject({ name: 'ClientGone' })
    expect((await client.get('/')).body).toBe('x')
    await listening.close(1_000)
  })

  test.each(['reset', 'destroyed'] as const)('a body whose stream or connection is %s rejects', async (how) => {
    let failed: (reason: unknown) => void
    const reason = new Promise((done) => (failed = done))
    let begun: () => void
    const began = new Promise<void>((done) => (begun = done))
    const told: boolean[] = []
    const listening = await listen(async (incoming) => {
      incoming.sent = (delivered) => told.push(delivered)
      const reading = incoming.gather(1_000_000)
      begun()
      await reading.catch((error: unknown) => failed(error))
      return { status: 200, headers: [], body: 'never' }
    })
    await using client = new Client(listening.url)
    const stream = client.open({ ':method': 'POST', ':path': '/' }, false)
    stream.write('part')
    await began
    // Closed without an error, Node's client says first that the body has ended.
    if (how === 'reset') stream.destroy(new Error('gone'))
    else client.session.destroy()
    expect(await reason).toMatchObject({ name: 'ClientGone' })
    await vi.waitFor(() => expect(told).toEqual([false]))
    await listening.close(1_000)
  })

  test('a connection that breaks streams off one after the other is closed (CVE-2023-44487)', async () => {
    let served = 0
    const listening = await listen(() => {
      served++
      return new Promise(() => {})
    })
    await using client = new Client(listening.url)
    await once(client.session, 'remoteSettings')
    expect(client.session.remoteSettings.maxConcurrentStreams).toBe(100)
    const closed = new Promise((done) => client.session.once('close', done))
    for (let i = 0; i < 100 && !client.session.destroyed; i++) {
      for (let k = 0; k < 5; k++) client.open({ ':path': '/' }).close(NGHTTP2_CANCEL)
      await new Promise<void>((done) => (client.session.destroyed || !client.session.ping(() => done()) ? done() : undefined))
    }
    await closed
    expect(client.goaways.every((it) => it === NGHTTP2_ENHANCE_YOUR_CALM)).toBe(true)
    // Those of one packet are under way together.
    expect(served).toBeLessThan(210)
    await using second = new Client(listening.url)
    const open = second.open({ ':path': '/' })
    await vi.waitFor(() => expect(open.id).toBeDefined())
    await listening.close(0)
  })
})

describe('a flood', () => {
  const many = (bytes: Buffer, times: number): Buffer => Buffer.concat(Array.from({ length: times }, () => bytes))
  test.each([
    ['pings', (it: RawHttp2) => it.socket.write(many(frame(frames.ping, 0, 0, Buffer.alloc(8)), 50_000))],
    ['settings', (it: RawHttp2) => it.socket.write(many(frame(frames.settings, 0, 0, Buffer.from([0, 3, 0, 0, 0, 9])), 20_000))],
    [
      'a head without an end',
      (it: RawHttp2) => it.begin(1, get).socket.write(many(frame(frames.continuation, 0, 1, field('x', 'y'.repeat(100))), 20_000)),
    ],
    [
      'a head of nothing',
      (it: RawHttp2) => it.begin(1, get).socket.write(many(frame(frames.continuation, 0, 1, Buffer.alloc(0)), 100_000)),
    ],
    ['a body of nothing', (it: RawHttp2) => it.begin(1, get, 0x4).socket.write(many(frame(frames.data, 0, 1, Buffer.alloc(0)), 100_000))],
    ['streams', (it: RawHttp2) => Array.from({ length: 1_000 }, (_, i) => it.request(2 * i + 1, get))],
    [
      'streams that the server must break off',
      (it: RawHttp2) =>
        Array.from({ length: 1_000 }, (_, i) => it.request(2 * i + 1, get).send(frames.windowUpdate, 0, 2 * i + 1, Buffer.alloc(4))),
    ],
  ])('of %s ends its connection, and others are answered', async (_, flood) => {
    const listening = await listen(({ path }) => (path === '/' ? new Promise(() => {}) : { status: 204, headers: [], body: null }))
    const client = await new RawHttp2(listening.port, tls.cert).opened()
    await client.frame((it) => it.type === frames.settings)
    const closed = once(client.socket, 'close')
    flood(client)
    await using other = new Client(listening.url)
    expect((await other.get('/other')).status).toBe(204)
    await closed
    await listening.close(0)
  })
})

describe('time', () => {
  test('a body that is slow is 408', async () => {
    await using running = await core()
      .post('/', ({ body }) => ({ body }))
      .listen({ port: 0, tls, mode: 'test', signals: false, transport: http1({ limits: { bodyGraceMs: 300 } }) })
    await using client = new Client(running.url)
    const stream = client.open({ ':method': 'POST', ':path': '/', 'content-type': 'application/json' }, false)
    stream.write('{')
    expect(await read(stream)).toMatchObject({ status: 408, code: NGHTTP2_NO_ERROR })
  })

  test('an answer that nobody takes is broken off', async () => {
    let sent: (delivered: boolean) => void
    const delivered = new Promise<boolean>((done) => (sent = done))
    const listening = await listen(
      (incoming) => {
        incoming.sent = sent
        return { status: 200, headers: [], body: Buffer.alloc(5_000_000) }
      },
      { writeMs: 500 },
    )
    await using client = new Client(listening.url)
    const stream = client.open({ ':path': '/' })
    await once(stream, 'response')
    expect(await delivered).toBe(false)
    stream.resume()
    await listening.close(1_000)
  })

  test.each([
    ['never asks', { headMs: 300 }, false],
    ['asks no more', { idleMs: 300 }, true],
  ])('a connection that %s is closed', async (_, limits, asks) => {
    const listening = await listen(() => ({ status: 200, headers: [], body: 'x' }), limits)
    await using client = new Client(listening.url)
    if (asks) expect((await client.get('/')).status).toBe(200)
    else await once(client.session, 'connect')
    await once(client.session, 'close')
    expect(client.goaways.every((it) => it === NGHTTP2_NO_ERROR)).toBe(true)
    await listening.close(0)
  })
})

describe('a server that closes', () => {
  test('answers what is in flight, and ends idle connections', async () => {
    let answer: (body: string) => void
    const listening = await listen(async ({ path }) => {
      const body = path === '/slow' ? await new Promise<string>((done) => (answer = done)) : 'x'
      return { status: 200, headers: [], body }
    })
    await using idle = new Client(listening.url)
    expect((await idle.get('/')).status).toBe(200)
    await using busy = new Client(listening.url)
    const slow = busy.get('/slow')
    expect((await busy.get('/')).status).toBe(200)
    const ended = once(idle.session, 'close')
    const closing = listening.close(5_000)
    await ended
    answer!('done')
    expect(await slow).toMatchObject({ status: 200, body: 'done', code: NGHTTP2_NO_ERROR })
    await closing
    expect(busy.goaways[0]).toBe(NGHTTP2_NO_ERROR)
  })

  test('says up to which request it has heard, so that others can be sent again (RFC 9113 §6.8)', async () => {
    let answer: (() => void) | undefined
    const listening = await listen(() => new Promise((done) => (answer = () => done({ status: 204, headers: [], body: null }))))
    const client = await new RawHttp2(listening.port, tls.cert).opened()
    client.request(1, get)
    await vi.waitFor(() => expect(answer).toBeDefined())
    const closing = listening.close(5_000)
    const { payload } = await client.frame((it) => it.type === frames.goaway)
    expect([payload.readUInt32BE(0), payload.readUInt32BE(4)]).toEqual([1, NGHTTP2_NO_ERROR])
    client.request(3, get)
    answer!()
    await client.frame((it) => it.type === frames.headers && it.stream === 1)
    await closing
    expect(client.received.some((it) => it.stream === 3)).toBe(false)
  })

  test('lets a connection that is idle bring a request for a while', async () => {
    const listening = await listen(() => ({ status: 204, headers: [], body: null }))
    const client = await new RawHttp2(listening.port, tls.cert).opened()
    client.request(1, get)
    await client.frame((it) => it.type === frames.headers)
    const closing = listening.close(5_000, 4_000)
    client.request(3, get)
    await client.frame((it) => it.type === frames.headers && it.stream === 3)
    // Answered, it is not waited for any longer.
    expect((await client.frame((it) => it.type === frames.goaway)).payload.readUInt32BE(0)).toBe(3)
    await closing
  })

  test('does not wait for a client that leaves its side open', async () => {
    const listening = await listen(() => ({ status: 204, headers: [], body: null }))
    const client = await new RawHttp2(listening.port, tls.cert).opened()
    client.socket.allowHalfOpen = true
    client.request(1, get)
    await client.frame((it) => it.type === frames.headers)
    const began = performance.now()
    await listening.close(30_000)
    expect(performance.now() - began).toBeLessThan(10_000)
    expect(client.received.some((it) => it.type === frames.goaway)).toBe(true)
    client.socket.destroy()
  })

  test('ends event streams properly, and breaks off the rest when its time has passed', async () => {
    let reason: unknown
    const listening = await listen(({ path, signal }) => {
      if (path !== '/events') return new Promise(() => {})
      signal.addEventListener('abort', () => (reason = signal.reason))
      const body = new ReadableStream<Uint8Array>({ start: (controller) => controller.enqueue(Buffer.from('data: 1\n\n')) })
      return { status: 200, headers: ['content-type', 'text/event-stream'], body }
    })
    await using client = new Client(listening.url)
    const hanging = client.get('/hanging')
    const events = client.open({ ':path': '/events' })
    const got = read(events)
    await once(events, 'response')
    await listening.close(500)
    expect(await got).toMatchObject({ body: 'data: 1\n\n', code: NGHTTP2_NO_ERROR })
    expect(reason).toMatchObject({ name: 'ServerClosing' })
    expect((await hanging).status).toBe(0)
  })
})
