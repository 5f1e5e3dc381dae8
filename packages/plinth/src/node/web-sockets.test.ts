import { once } from 'node:events'
import { describe, expect, test, vi } from 'vitest'
import { BootError, core, guard, identify, type Logger, refuse, reply, type Running } from '../app/index.ts'
import { certificate } from './fixtures/certificate.ts'
import { askRaw, RawConnection } from './fixtures/raw-connection.ts'
import { clientFrame, nextMessage, openSocket, type TestSocket, WebSocketServer } from './fixtures/web-sockets.ts'
import { nodeHttp } from './http-transport.ts'
import { http1 } from './http1/server.ts'
import { switchProtocols } from './switch-protocols.ts'

const sockets = new WebSocketServer({ noServer: true })
const key = 'dGhlIHNhbXBsZSBub25jZQ=='

/** A handshake as a browser sends it, with some lines in the place of others, or none. */
function handshake(lines: { readonly [name: string]: string | undefined } = {}, first = 'GET /echo HTTP/1.1'): string {
  const all = {
    Host: 'a.test',
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': key,
    ...lines,
  }
  const fields = Object.entries(all).filter(([, value]) => value !== undefined)
  return `${first}\r\n${fields.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`
}

describe.each([
  ['node:http', nodeHttp],
  ['the engine', http1()],
] as const)('over %s', (_, transport) => {
  /** What ran, in order. */
  let ran: string[] = []
  let logged: string[] = []
  const nothing = (): void => {}
  const log: Logger = {
    debug: nothing,
    info: nothing,
    warn: nothing,
    error: (fields: unknown, message?: string) => void logged.push(`${message}: ${String((fields as { err?: unknown }).err)}`),
    child: () => log,
  }

  /** Lets a guard wait until told. */
  let gate: { readonly opened: Promise<void>; open(): void }
  /** A connection that was taken over. */
  let taken: ((it: TestSocket) => void) | undefined

  async function serve(
    settings: { readonly tls?: { readonly key: string; readonly cert: string }; readonly drainMs?: number } = {},
  ): Promise<Running> {
    ran = []
    logged = []
    let open = nothing
    const opened = new Promise<void>((done) => (open = done))
    gate = { opened, open }
    const echo = (it: TestSocket): void => {
      it.on('message', (data: Buffer, isBinary: boolean) => it.send(isBinary ? data : String(data)))
      taken?.(it)
    }
    const signedIn = guard(({ header: of }) => {
      ran.push('guard')
      return of('authorization') === 'Bearer right' ? { who: 'Ada' } : refuse('not-signed-in')
    })
    const waits = guard(async () => {
      ran.push('waits')
      await gate.opened
    })
    const take = switchProtocols(({ request, socket, head }) => sockets.handleUpgrade(request, socket, head, echo))
    return core({ log })
      .get('/plain', ({ header: of }) => `plain ${of('connection') ?? 'none'}`)
      .post('/plain', ({ body }) => ({ body }))
      .get('/wrong', () => take)
      .get('/echo', { websocket: { origins: ['https://app.example'] } }, () => take)
      .get('/waiting', { websocket: true, guards: [waits] }, ({ signal }) => {
        ran.push('handler')
        signal.addEventListener('abort', () => ran.push((signal.reason as Error).name))
        return take
      })
      .get('/gone', { websocket: true }, async ({ signal }) => {
        ran.push('handler')
        await new Promise<void>((done) => signal.addEventListener('abort', () => done()))
        ran.push((signal.reason as Error).name)
        gate.open()
        return switchProtocols(() => void ran.push('taken'))
      })
      .get('/cookie', { websocket: true }, ({ setCookie }) => {
        setCookie('seen', '1')
        return switchProtocols(({ request, socket, head, headers }) => {
          socket.write(['HTTP/1.1 101 Switching Protocols', 'Upgrade: other', 'Connection: Upgrade', ...headers, '', ''].join('\r\n'))
          socket.end(`${request.method} ${request.url} ${request.headers['x-two']} ${head}`)
        })
      })
      .get('/failing', { websocket: true }, () =>
        switchProtocols(() => {
          throw new Error('no')
        }),
      )
      .get('/rejecting', { websocket: true }, () => switchProtocols(async () => Promise.reject(new Error('not now'))))
      .get('/full', { websocket: true }, () => reply(503, { full: true }))
      .get('/closes', { websocket: true }, ({ signal }) =>
        switchProtocols(({ request, socket, head }) =>
          sockets.handleUpgrade(request, socket, head, (it) => {
            signal.addEventListener('abort', () => {
              ran.push((signal.reason as Error).name)
              it.close(1001)
            })
            echo(it)
          }),
        ),
      )
      .identify(
        identify(() => {
          ran.push('identify')
          return null
        }),
      )
      .get('/rooms/:id', { websocket: true, guards: [signedIn] }, ({ who, params }) =>
        switchProtocols(({ request, socket, head }) =>
          sockets.handleUpgrade(request, socket, head, (it) => {
            it.on('message', (data: Buffer) => it.send(`${who} in ${params.id}: ${data}`))
          }),
        ),
      )
      .listen({ port: 0, signals: false, mode: 'test', transport, drainMs: 2_000, ...settings })
  }

  test('messages go both ways, of any size, behind guards and parameters', async () => {
    await using running = await serve()
    const socket = await openSocket(`${running.url}/rooms/blue`, { headers: { authorization: 'Bearer right' } })
    expect(ran).toEqual(['identify', 'guard'])
    socket.send('grüße')
    expect(await nextMessage(socket)).toBe('Ada in blue: grüße')
    const large = 'äbc'.repeat(1_000_000)
    socket.send(large)
    expect((await nextMessage(socket)) === `Ada in blue: ${large}`).toBe(true)
    socket.close()
    await once(socket, 'close')
  })

  test('over TLS', async () => {
    const { key: secret, cert } = certificate()
    await using running = await serve({ tls: { key: secret, cert } })
    const socket = await openSocket(`${running.url}/echo`, { ca: cert, origin: running.url })
    socket.send('secret')
    expect(await nextMessage(socket)).toBe('secret')
    socket.close()
    await expect(openSocket(`${running.url}/echo`, { ca: cert, origin: running.url.replace('https', 'http') })).rejects.toThrow('403')
  })

  test('behind a proxy that is trusted, its word says which host a page must be of', async () => {
    await using running = await core({ trustProxy: 'loopback' })
      .get('/echo', { websocket: true }, () =>
        switchProtocols(({ request, socket, head }) =>
          sockets.handleUpgrade(request, socket, head, (it) => it.on('message', (data: Buffer) => it.send(String(data)))),
        ),
      )
      .listen({ port: 0, signals: false, mode: 'test', transport })
    const forwarded = { 'X-Forwarded-For': '192.0.2.1', 'X-Forwarded-Host': 'shop.test', 'X-Forwarded-Proto': 'https' }
    const connection = await new RawConnection(running.port).opened()
    connection.send(Buffer.concat([Buffer.from(handshake({ ...forwarded, Origin: 'https://shop.test' })), clientFrame('hello')]))
    await connection.until('\x81\x05hello')
    connection.destroy()
    expect((await askRaw(running.port, handshake({ ...forwarded, Origin: 'http://a.test' }))).status).toBe(403)
    expect((await askRaw(running.port, handshake({ ...forwarded, Origin: 'http://shop.test' }))).status).toBe(403)
  })

  test('a subprotocol is agreed on by who takes the connection', async () => {
    await using running = await serve()
    const socket = await openSocket(`${running.url}/echo`, {}, ['phoenix', 'other'])
    expect(socket.protocol).toBe('phoenix')
    socket.terminate()
  })

  describe('what is refused', () => {
    test.each([
      ['another version', handshake({ 'Sec-WebSocket-Version': '8' }), 426, { upgrade: 'websocket', 'sec-websocket-version': '13' }],
      ['no version', handshake({ 'Sec-WebSocket-Version': undefined }), 426, { upgrade: 'websocket', 'sec-websocket-version': '13' }],
      ['no key', handshake({ 'Sec-WebSocket-Key': undefined }), 400, {}],
      ['a key that is too short', handshake({ 'Sec-WebSocket-Key': 'dGhl' }), 400, {}],
      ['two keys', handshake({ 'Sec-WebSocket-Key': `${key}\r\nSec-WebSocket-Key: ${key}` }), 400, {}],
      ['POST', handshake({ 'Content-Length': '0' }, 'POST /echo HTTP/1.1'), 405, { allow: 'GET, OPTIONS' }],
      ['HEAD', handshake({}, 'HEAD /echo HTTP/1.1'), 405, { allow: 'GET, OPTIONS' }],
      ['no Upgrade', handshake({ Upgrade: undefined, Connection: 'keep-alive' }), 426, { upgrade: 'websocket' }],
      ['Upgrade that Connection does not name', handshake({ Connection: 'keep-alive' }), 426, { upgrade: 'websocket' }],
      ['another protocol', handshake({ Upgrade: 'h2c' }), 426, { upgrade: 'websocket' }],
      ['the end of the connection with it', handshake({ Connection: 'close, Upgrade' }), 426, { upgrade: 'websocket' }],
      ['a body', `${handshake({ 'Content-Length': '2' })}{}`, 426, { upgrade: 'websocket' }],
      ['HTTP/1.0', handshake({ Connection: 'keep-alive, Upgrade' }, 'GET /echo HTTP/1.0'), 426, { upgrade: 'websocket' }],
      ['an unknown path', handshake({}, 'GET /nowhere HTTP/1.1'), 404, {}],
      ['a malformed path', handshake({}, 'GET /%ff HTTP/1.1'), 400, {}],
    ])('%s', async (_, bytes, status, headers) => {
      await using running = await serve()
      const answer = await askRaw(running.port, bytes)
      expect(answer.status).toBe(status)
      expect(Object.fromEntries(answer.headers)).toMatchObject(headers)
      if (status === 426) expect(answer.headers.some(([field, value]) => field === 'connection' && value === 'upgrade')).toBe(true)
      if (!bytes.startsWith('HEAD')) expect(JSON.parse(answer.body)).toMatchObject({ status, code: expect.any(String) as string })
    })

    test.each([
      ['of another host', { Origin: 'https://evil.test' }],
      ['of a sub-domain', { Origin: 'http://x.a.test' }],
      ['of another port', { Origin: 'http://a.test:81' }],
      ['of nobody', { Origin: 'null' }],
      ['unsaid, with a cookie', { Cookie: 'sid=1' }],
      ['unsaid, with a cookie and a password', { Cookie: 'sid=1', Authorization: 'Basic YTpi' }],
    ])('a page %s, before anybody is asked who it is', async (_, lines) => {
      await using running = await serve()
      const answer = await askRaw(running.port, handshake(lines, 'GET /rooms/1 HTTP/1.1'))
      expect([answer.status, (JSON.parse(answer.body) as { code: string }).code]).toEqual([403, 'cross-site-request'])
      expect(ran).toEqual([])
    })

    test.each([
      ['of the same host', { Origin: 'http://a.test' }],
      ['of the same host, behind what ends TLS', { Origin: 'https://a.test' }],
      ['of an origin that is listed', { Origin: 'https://app.example', Cookie: 'sid=1' }],
      ['of no browser', {}],
      ['of no browser, with a token', { Cookie: 'sid=1', Authorization: 'Bearer x' }],
    ])('but not one %s', async (_, lines) => {
      await using running = await serve()
      const connection = await new RawConnection(running.port).opened()
      await connection.send(handshake(lines)).until('\r\n\r\n')
      expect(connection.received).toMatch(/^HTTP\/1\.1 101 [^]*Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=\r\n/)
      connection.destroy()
    })

    test('a guard refuses with an answer like any other', async () => {
      await using running = await serve()
      await expect(openSocket(`${running.url}/rooms/blue`)).rejects.toThrow('refused with 401')
      const answer = await askRaw(running.port, handshake({}, 'GET /full HTTP/1.1'))
      expect([answer.status, answer.body]).toEqual([503, '{"full":true}'])
    })
  })

  describe('a route where no WebSocket is opened', () => {
    test('answers as if the field were not there, and the connection goes on', async () => {
      await using running = await serve()
      const connection = await new RawConnection(running.port).opened()
      const body = '{"a":1}'
      const post = handshake(
        { Connection: 'keep-alive, Upgrade, HTTP2-Settings', Upgrade: 'h2c', 'Content-Type': 'application/json', 'Content-Length': '7' },
        'POST /plain HTTP/1.1',
      )
      connection.send(post + body + handshake({ Upgrade: 'h2c' }, 'GET /plain HTTP/1.1'))
      expect((await connection.answer()).body).toBe('{"body":{"a":1}}')
      expect(await connection.answer()).toMatchObject({ status: 200, body: expect.stringContaining('plain') as string })
      connection.send(handshake({}, 'GET /plain HTTP/1.1'))
      expect((await connection.answer()).body).toContain('plain')
      connection.destroy()
    })

    test('may not answer with a switch', async () => {
      await using running = await serve()
      expect((await askRaw(running.port, handshake({}, 'GET /wrong HTTP/1.1'))).status).toBe(500)
      expect(logged.join()).toContain('GET /wrong answered with switchProtocols(…), but is no route where WebSockets are opened')
    })
  })

  test('what comes with the handshake is not lost, nor what came before it', async () => {
    await using running = await serve()
    const connection = await new RawConnection(running.port).opened()
    connection.send('GET /plain HTTP/1.1\r\nHost: a.test\r\n\r\n')
    connection.send(Buffer.concat([Buffer.from(handshake({}, 'GET /waiting HTTP/1.1')), clientFrame('early')]))
    expect((await connection.answer()).status).toBe(200)
    connection.send(clientFrame('later'))
    await vi.waitFor(() => expect(ran).toEqual(['waits']))
    gate.open()
    await connection.until('\x81\x05early\x81\x05later')
    expect(connection.received).toMatch(/^HTTP\/1\.1 101 /)
    connection.destroy()
    // At once, in the turn in which it was read.
    const second = await new RawConnection(running.port).opened()
    second.send(Buffer.concat([Buffer.from(handshake()), clientFrame('early')]))
    await second.until('\x81\x05early')
    second.destroy()
  })

  test('whoever takes it sees the request, and the fields that were set', async () => {
    await using running = await serve()
    const connection = await new RawConnection(running.port).opened()
    connection.send(`${handshake({ 'X-Two': '1\r\nx-two: 2' }, 'GET /cookie?a=b HTTP/1.1')}rest`)
    await connection.until('GET /cookie?a=b 1, 2 rest')
    expect(connection.received).toContain('set-cookie: seen=1; ')
    await connection.end()
  })

  test('a client that goes before it is answered aborts the signal, and nothing is taken over', async () => {
    await using running = await serve()
    const connection = await new RawConnection(running.port).opened()
    connection.send(handshake({}, 'GET /gone HTTP/1.1'))
    await vi.waitFor(() => expect(ran).toEqual(['handler']))
    connection.destroy()
    await gate.opened
    await vi.waitFor(() => expect(ran).toEqual(['handler', 'ClientGone']))
  })

  test('a client that goes later aborts the signal too', async () => {
    await using running = await serve()
    const socket = await openSocket(`${running.url}/closes`)
    socket.terminate()
    await vi.waitFor(() => expect(ran).toEqual(['ClientGone']))
  })

  test.each(['/failing', '/rejecting'])('%s: what is thrown by who takes it is logged, and the connection breaks', async (path) => {
    await using running = await serve()
    const connection = await new RawConnection(running.port).opened()
    await connection.send(handshake({}, `GET ${path} HTTP/1.1`)).end()
    expect(connection.received).toBe('')
    expect(logged.join()).toContain('what took a connection over threw: Error: no')
  })

  describe('a server that closes', () => {
    test('says so by the signal, and waits', async () => {
      const running = await serve()
      const socket = await openSocket(`${running.url}/closes`)
      const closed = once(socket, 'close')
      await running.close()
      expect((await closed)[0]).toBe(1001)
      expect(ran).toEqual(['ServerClosing'])
    })

    test('breaks off what does not listen, when its time has passed', async () => {
      const running = await serve({ drainMs: 100 })
      const socket = await openSocket(`${running.url}/echo`)
      const closed = once(socket, 'close')
      await running.close()
      expect((await closed)[0]).toBe(1006)
    })

    test('tells who is taken over while it closes', async () => {
      const running = await serve({ drainMs: 2_000 })
      const connection = await new RawConnection(running.port).opened()
      connection.send(handshake({}, 'GET /waiting HTTP/1.1'))
      await vi.waitFor(() => expect(ran).toEqual(['waits']))
      taken = (it) => it.close(1001)
      const closing = running.close()
      gate.open()
      await connection.until('\x88\x02\x03\xe9')
      connection.destroy()
      await closing
      taken = undefined
      expect(ran).toEqual(['waits', 'handler', 'ServerClosing'])
    })
  })
})

describe('elsewhere', () => {
  const application = core().get('/live', { websocket: true }, () => switchProtocols(() => {}))

  test('a platform that can not hand a connection over says so', async () => {
    const answer = await application.fetch(new Request('http://a.test/live', { headers: { upgrade: 'websocket' } }))
    expect(answer.status).toBe(501)
    expect(await answer.json()).toMatchObject({ detail: 'This server has no way to let a request go on as a WebSocket.' })
  })

  test.each([
    [core().post('/a', { websocket: true }, () => null), 'POST /a: a WebSocket is opened by GET, not by POST'],
    [core().get('/a', { websocket: false as never }, () => null), "GET /a: 'websocket' is neither true nor an object"],
    [core().get('/a', { websocket: { origins: 'https://a.test' as never } }, () => null), "GET /a: 'websocket.origins' is not an array"],
    [
      core().get('/a', { websocket: { origins: ['https://a.test/'] } }, () => null),
      "'https://a.test/' is not an origin as browsers send it",
    ],
  ])('what a contract has got wrong is told at boot', async (application, message) => {
    const error = await application.build().then(
      () => undefined,
      (it: unknown) => it,
    )
    expect(error).toBeInstanceOf(BootError)
    expect((error as BootError).problems.map((it) => it.code)).toEqual(['bad-websocket'])
    expect((error as BootError).message).toContain(message)
  })

  test('switchProtocols takes a function', () => {
    expect(() => switchProtocols(undefined as never)).toThrow('switchProtocols(…) must be a function, not undefined')
  })
})
