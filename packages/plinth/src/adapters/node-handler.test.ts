import { createServer, request as httpRequest, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { app, type Logger, type LogMethod, t } from '../index.ts'
import { askAt, transportConformance } from '../testing/transport-conformance.ts'
import application from '../testing/transport-fixture.ts'
import { nodeHandler, nodeHttp } from './node.ts'

interface Host {
  readonly url: string
  close(): Promise<void>
}

function host(listener: RequestListener): Promise<Host> {
  const server = createServer(listener)
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      resolve({
        url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        close: () =>
          new Promise((closed) => {
            server.close(() => closed())
            server.closeAllConnections()
          }),
      })
    })
  })
}

transportConformance(
  'nodeHandler in a bare server',
  async () => {
    const { url, close } = await host(nodeHandler(application))
    return { ask: askAt(url), close }
  },
  ['env', 'any-method'],
)

transportConformance(
  'nodeHandler below a path',
  async () => {
    const built = await application.build({ mode: 'test' })
    const { url, close } = await host(nodeHandler(built, { basePath: '/deep/api' }))
    return { ask: askAt(`${url}/deep/api`), close: () => close().then(() => built.close()) }
  },
  ['env', 'any-method'],
)

const open: Host[] = []
afterEach(async () => {
  for (const it of open.splice(0)) await it.close()
})
async function hosted(listener: RequestListener): Promise<string> {
  const it = await host(listener)
  open.push(it)
  return it.url
}

const logged: string[] = []
const nothing = (): void => {}
const log: Logger = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: ((fields: { readonly err?: unknown }) => void logged.push(String(fields.err))) as LogMethod,
  child: () => log,
}

const api = app({ log })
  .get('/here', ({ path, request }) => ({ path, url: new URL(request.url).pathname }))
  .post('/body', { body: t.Object({ a: t.Array(t.Integer()), b: t.Optional(t.Object({ c: t.String() })) }) }, ({ body }) => body)
  .post('/text', { body: 'text' }, ({ body }) => body)
  .post('/bytes', { body: 'bytes' }, ({ body }) => body)
  .post('/stream', { body: 'stream' }, ({ body }) => body)
  .post('/headers', ({ headers }) => headers)
  .post('/small', { body: 'bytes', bodyLimit: 4 }, () => 'fits')

/** Reads the body to its end, as the parsers of hosts do, and leaves what `parse` makes of it. */
function parsing(parse: (bytes: Buffer) => unknown): RequestListener {
  const handler = nodeHandler(api)
  return (request: IncomingMessage & { body?: unknown }, response: ServerResponse) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      // `readableEnded` is set right behind the event.
      queueMicrotask(() => {
        request.body = parse(Buffer.concat(chunks))
        handler(request, response)
      })
    })
  }
}

async function send(
  url: string,
  body: string | Uint8Array<ArrayBuffer>,
  type: string,
  more: { readonly [name: string]: string } = {},
): Promise<[number, string]> {
  const answer = await fetch(url, { method: 'POST', body, headers: { 'content-type': type, ...more } })
  return [answer.status, await answer.text()]
}

describe('a body that the host has parsed', () => {
  const asJson = (bytes: Buffer): unknown => JSON.parse(bytes.toString())

  test('JSON goes through the schema, with its charset and coding forgotten', async () => {
    const url = await hosted(parsing(asJson))
    const fields = { 'content-encoding': 'identity' }
    expect(await send(`${url}/body`, '{"a":[1],"b":{"c":"ü"}}', 'application/json; charset=utf-16', fields)).toEqual([
      200,
      '{"a":[1],"b":{"c":"ü"}}',
    ])
    expect((await send(`${url}/body`, '{"a":["x"]}', 'application/json'))[0]).toBe(422)
  })

  test('its header fields are those of the bytes that are handed on', async () => {
    const url = await hosted(parsing(asJson))
    const [, text] = await send(`${url}/headers`, '{ "a" : 1 }', 'application/json; charset=utf-8', { 'content-encoding': 'identity' })
    expect(JSON.parse(text)).toMatchObject({ 'content-type': 'application/json', 'content-length': '7' })
    expect(text).not.toContain('content-encoding')
  })

  test('a form keeps its lists and its deeper fields', async () => {
    const url = await hosted(parsing(() => ({ a: ['1', '2'] })))
    expect(await send(`${url}/body`, 'a=1&a=2', 'application/x-www-form-urlencoded')).toEqual([200, '{"a":[1,2]}'])
    const deep = await hosted(parsing(() => ({ a: '1', b: { c: 'x' } })))
    const [, text] = await send(`${deep}/bytes`, 'a=1&b[c]=x', 'application/x-www-form-urlencoded')
    expect(text).toBe('a=1&b%5Bc%5D=x')
  })

  test('text and bytes are themselves', async () => {
    const text = await hosted(parsing((it) => it.toString()))
    expect(await send(`${text}/text`, 'grüße', 'text/plain; charset=utf-8')).toEqual([200, 'grüße'])
    const raw = await hosted(parsing((it) => it))
    expect(await send(`${raw}/bytes`, 'abc', 'application/octet-stream')).toEqual([200, 'abc'])
    expect(await send(`${raw}/stream`, 'abc', 'application/octet-stream')).toEqual([200, 'abc'])
    expect((await send(`${raw}/small`, 'abcde', 'application/octet-stream'))[0]).toBe(413)
  })

  test('a string that was JSON is JSON again', async () => {
    const url = await hosted(parsing(() => 'x'))
    expect(await send(`${url}/bytes`, '"x"', 'application/json')).toEqual([200, '"x"'])
  })

  test("a multipart form can't be had back: a 500 that the log explains", async () => {
    const url = await hosted(parsing(() => ({})))
    expect((await send(`${url}/bytes`, '--x--', 'multipart/form-data; boundary=x'))[0]).toBe(500)
    expect(logged.splice(0).join()).toContain('mount nodeHandler in front of that parser')
  })

  test('one that was read and not left behind is a 500, not a wait', async () => {
    const url = await hosted(parsing(() => undefined))
    expect((await send(`${url}/bytes`, 'abc', 'application/octet-stream'))[0]).toBe(500)
    expect(logged.splice(0).join()).toContain('has been read already')
  })

  test('an empty `body` on a request that nobody has read is none', async () => {
    const handler = nodeHandler(api)
    const url = await hosted((request, response) => handler(Object.assign(request, { body: {} }), response))
    expect(await send(`${url}/bytes`, 'abc', 'application/octet-stream')).toEqual([200, 'abc'])
  })
})

describe('mounting', () => {
  const answering = (options: Parameters<typeof nodeHandler>[1], application: Parameters<typeof nodeHandler>[0] = api): RequestListener => {
    const handler = nodeHandler(application, options)
    return (request, response) =>
      handler(request, response, (error) => {
        response.statusCode = error === undefined ? 299 : 598
        response.end(error instanceof Error ? error.name : 'the host')
      })
  }
  const ask = async (url: string, init?: RequestInit): Promise<[number, string]> => {
    const answer = await fetch(url, init)
    return [answer.status, await answer.text()]
  }

  test('without passThrough the application answers its own 404', async () => {
    expect((await ask(`${await hosted(answering({}))}/nowhere`))[0]).toBe(404)
  })

  test('with it the host gets what no route takes, and 405 stays ours', async () => {
    const url = await hosted(answering({ passThrough: true }))
    expect(await ask(`${url}/nowhere`)).toEqual([299, 'the host'])
    expect((await ask(`${url}/here`))[0]).toBe(200)
    expect((await ask(`${url}/here`, { method: 'DELETE' }))[0]).toBe(405)
  })

  test('a base is taken off, also of a target in absolute form', async () => {
    const url = await hosted(answering({ basePath: '/api' }))
    expect(await ask(`${url}/api/here?x`)).toEqual([200, '{"path":"/here","url":"/here"}'])
    const { port } = new URL(url)
    const text = await new Promise<string>((resolve, reject) => {
      httpRequest({ port, host: '127.0.0.1', path: 'http://other.example/api/here' }, (answer) => {
        answer.setEncoding('utf8').on('data', resolve)
      })
        .on('error', reject)
        .end()
    })
    expect(text).toBe('{"path":"/here","url":"/here"}')
  })

  test("what is not below the base is the host's, or a mistake where there is none", async () => {
    expect(await ask(`${await hosted(answering({ basePath: '/api' }))}/apis`)).toEqual([299, 'the host'])
    const said = vi.spyOn(console, 'error').mockImplementation(() => {})
    try {
      expect((await ask(`${await hosted(nodeHandler(api, { basePath: '/api' }))}/here`))[0]).toBe(500)
      expect(String(said.mock.calls[0]?.[0])).toContain('has the basePath /api, but was asked for /here')
    } finally {
      said.mockRestore()
    }
  })

  test.each(['api', '/api/', '/a?b', '/a b', '//'])('the basePath %j is refused', (basePath) => {
    expect(() => nodeHandler(api, { basePath })).toThrow(/basePath must begin with a slash/)
  })

  test('an application that does not build is told to the host, each time', async () => {
    const broken = app()
      .get('/a', () => 1)
      .get('/a', () => 2)
    const url = await hosted(answering({}, broken))
    expect(await ask(`${url}/a`)).toEqual([598, 'BootError'])
    expect(await ask(`${url}/a`)).toEqual([598, 'BootError'])
    const said = vi.spyOn(console, 'error').mockImplementation(() => {})
    try {
      const [status, text] = await ask(`${await hosted(nodeHandler(broken))}/a`)
      expect([status, text]).toEqual([500, '{"title":"Something went wrong on our side","status":500}'])
      expect(said).toHaveBeenCalledOnce()
    } finally {
      said.mockRestore()
    }
  })

  test('headers that the host has set stand beside ours', async () => {
    const handler = nodeHandler(app().get('/', (ctx) => (ctx.setCookie('a', '1'), ctx.setCookie('b', '2'), 'x')))
    const url = await hosted((request, response) => {
      response.setHeader('x-powered-by', 'the host')
      response.setHeader('content-type', 'text/x-host')
      response.setHeader('set-cookie', ['h=1', 'i=2'])
      handler(request, response)
    })
    const answer = await fetch(url)
    const cookies = answer.headers.getSetCookie().map((it) => it.split('=')[0])
    expect([answer.headers.get('x-powered-by'), answer.headers.get('content-type'), cookies, await answer.text()]).toEqual([
      'the host',
      'text/plain; charset=utf-8',
      ['h', 'i', 'a', 'b'],
      'x',
    ])
  })

  test('an answer that the host has given already is left alone', async () => {
    const handler = nodeHandler(app().get('/', () => Promise.resolve('late')))
    const url = await hosted((request, response) => {
      handler(request, response)
      response.end('early')
    })
    expect(await ask(url)).toEqual([200, 'early'])
  })

  test('the transport of node:http is exported beside it', () => {
    expect(nodeHttp.listen).toBeTypeOf('function')
  })
})
