import { describe, expect, test } from 'vitest'
import { type App, type Built, core, module, problem } from '../app/index.ts'
import { cors, type CorsOptions } from './cors.ts'

const APP = 'https://app.example'

function routes(app: App<{}, {}>): App<{}, {}> {
  return app
    .get('/items', () => ({ ok: true }))
    .post('/items', () => null)
    .get('/fails', () => {
      throw problem('conflict')
    })
    .get('/breaks', () => {
      throw new Error('broken')
    })
    .mount('/mounted', () => new Response('x', { headers: { vary: 'Cookie' } }))
}

function built(options: CorsOptions): Promise<Built> {
  return routes(core().use(cors(options))).build({ mode: 'test' })
}

function ask(app: Built, path: string, headers: { [name: string]: string }, method = 'GET'): Promise<Response> {
  return app.fetch(new Request(`http://api.example${path}`, { method, headers }))
}

function preflight(app: Built, path: string, origin: string, method: string, more: { [name: string]: string } = {}): Promise<Response> {
  return ask(app, path, { origin, 'access-control-request-method': method, ...more }, 'OPTIONS')
}

const allowOrigin = (answer: Response): string | null => answer.headers.get('access-control-allow-origin')

describe('origins', () => {
  test('without cors no answer has its headers', async () => {
    const app = await routes(core()).build({ mode: 'test' })
    const answer = await preflight(app, '/items', APP, 'POST')
    expect(answer.status).toBe(204)
    expect([...answer.headers.keys()].filter((it) => it.startsWith('access-control'))).toEqual([])
  })

  test('a listed origin is named on answers, problems, unexpected errors and where nothing is routed', async () => {
    const app = await built({ origins: [APP, 'http://localhost:5173'] })
    for (const [path, status] of [
      ['/items', 200],
      ['/fails', 409],
      ['/breaks', 500],
      ['/nowhere', 404],
      ['/%zz', 400],
      ['/mounted', 200],
    ] as const) {
      const answer = await ask(app, path, { origin: APP })
      expect([path, answer.status, allowOrigin(answer)]).toEqual([path, status, APP])
      expect(answer.headers.get('vary')).toContain('Origin')
    }
    expect(allowOrigin(await ask(app, '/items', { origin: APP }, 'DELETE'))).toBe(APP)
  })

  test.each([
    ['a sub-domain', 'https://evil.app.example'],
    ['a longer host', 'https://app.example.evil.test'],
    ['a host with it as its end', 'https://evilapp.example'],
    ['a prefix', 'https://app.exampl'],
    ['another port', 'https://app.example:8443'],
    ['the default port written out', 'https://app.example:443'],
    ['another scheme', 'http://app.example'],
    ['upper case', 'https://APP.example'],
    ['a trailing slash', 'https://app.example/'],
    ['a path', 'https://app.example/x'],
    ['`null`', 'null'],
    ['nothing', ''],
    ['two origins', 'https://app.example, https://evil.test'],
    ['another origin', 'https://evil.test'],
  ])('%s is another origin: no headers, but Vary', async (_, origin) => {
    const app = await built({ origins: [APP], credentials: true })
    for (const answer of [await ask(app, '/items', { origin }), await preflight(app, '/items', origin, 'POST')]) {
      expect([...answer.headers.keys()].filter((it) => it.startsWith('access-control'))).toEqual([])
      expect(answer.headers.get('vary')).toBe('Origin')
    }
  })

  test('Vary is there when no origin was sent, and beside what a handler says', async () => {
    const app = await built({ origins: [APP] })
    expect((await ask(app, '/items', {})).headers.get('vary')).toBe('Origin')
    expect((await ask(app, '/mounted', {})).headers.get('vary')).toBe('Origin, Cookie')
  })

  test("'*' lets everybody read, says the same to all, and never allows credentials", async () => {
    const app = await built({ origins: '*', expose: ['x-total'] })
    for (const headers of [{}, { origin: 'https://anybody.test' }, { origin: 'null' }]) {
      const answer = await ask(app, '/items', headers)
      expect(allowOrigin(answer)).toBe('*')
      expect(answer.headers.get('access-control-allow-credentials')).toBeNull()
      expect(answer.headers.get('access-control-expose-headers')).toBe('x-total')
      expect(answer.headers.get('vary')).toBeNull()
    }
    expect(allowOrigin(await preflight(app, '/items', 'https://anybody.test', 'POST'))).toBe('*')
  })

  test('a function decides by `true` alone: not by a promise, and not about `null`', async () => {
    const asked: string[] = []
    const app = await built({
      credentials: true,
      origins: (origin) => {
        asked.push(origin)
        return origin === APP
      },
    })
    expect(allowOrigin(await ask(app, '/items', { origin: APP }))).toBe(APP)
    expect(allowOrigin(await ask(app, '/items', { origin: 'https://evil.test' }))).toBeNull()
    expect(allowOrigin(await ask(app, '/items', { origin: 'null' }))).toBeNull()
    expect(asked).toEqual([APP, 'https://evil.test'])
    const wrong = await built({ origins: (() => Promise.resolve(true)) as unknown as () => boolean })
    expect(allowOrigin(await ask(wrong, '/items', { origin: APP }))).toBeNull()
  })

  test('credentials and exposed headers go to who may read', async () => {
    const app = await built({ origins: [APP], credentials: true, expose: ['x-total', 'etag'] })
    const answer = await ask(app, '/items', { origin: APP })
    expect(answer.headers.get('access-control-allow-credentials')).toBe('true')
    expect(answer.headers.get('access-control-expose-headers')).toBe('x-total, etag')
  })

  test('origins of other schemes are compared as they are', async () => {
    const app = await built({ origins: ['capacitor://localhost'] })
    expect(allowOrigin(await ask(app, '/items', { origin: 'capacitor://localhost' }))).toBe('capacitor://localhost')
  })
})

describe('preflights', () => {
  test('are answered with the methods that the path offers and the headers that were asked for', async () => {
    const app = await built({ origins: [APP], credentials: true })
    const answer = await preflight(app, '/items', APP, 'POST', { 'access-control-request-headers': 'content-type,x-plan' })
    expect(answer.status).toBe(204)
    expect(Object.fromEntries(answer.headers)).toEqual({
      'access-control-allow-credentials': 'true',
      'access-control-allow-headers': 'content-type,x-plan',
      'access-control-allow-methods': 'GET, HEAD, POST',
      'access-control-allow-origin': APP,
      'access-control-max-age': '600',
      vary: 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers',
    })
  })

  test('are answered with all methods where nothing is routed, under mounts and for malformed paths', async () => {
    const app = await built({ origins: [APP] })
    for (const path of ['/nowhere', '/mounted/below', '/%zz']) {
      const answer = await preflight(app, path, APP, 'PUT')
      expect([path, answer.status, answer.headers.get('access-control-allow-methods')]).toEqual([
        path,
        204,
        'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS',
      ])
    }
  })

  test('take methods, headers and age from the settings', async () => {
    const app = await built({ origins: '*', methods: ['PUT'], headers: ['X-Plan', 'content-type'], maxAge: 5 })
    const answer = await preflight(app, '/items', APP, 'PUT', { 'access-control-request-headers': 'x-other' })
    expect(answer.headers.get('access-control-allow-methods')).toBe('PUT')
    expect(answer.headers.get('access-control-allow-headers')).toBe('X-Plan, content-type')
    expect(answer.headers.get('access-control-max-age')).toBe('5')
    expect(answer.headers.get('vary')).toBe('Access-Control-Request-Method')
  })

  test('never echo what is no list of header names', async () => {
    const app = await built({ origins: [APP] })
    const answer = await preflight(app, '/items', APP, 'PUT', { 'access-control-request-headers': 'x-a, <b>' })
    expect(answer.headers.get('access-control-allow-headers')).toBeNull()
  })

  test('allow a private network only when told to and asked for it', async () => {
    const asked = { 'access-control-request-private-network': 'true' }
    const name = 'access-control-allow-private-network'
    const app = await built({ origins: [APP], privateNetwork: true })
    expect((await preflight(app, '/items', APP, 'POST', asked)).headers.get(name)).toBe('true')
    expect((await preflight(app, '/items', APP, 'POST')).headers.get(name)).toBeNull()
    expect((await preflight(await built({ origins: [APP] }), '/items', APP, 'POST', asked)).headers.get(name)).toBeNull()
  })

  test('pass access guards and reach no handler; an OPTIONS that is none goes its way', async () => {
    let reached = 0
    const app = await core()
      .use(cors({ origins: [APP] }))
      .options('/own', { reply: { 200: null } }, () => {
        reached++
        return null
      })
      .build({ mode: 'test' })
    expect((await preflight(app, '/own', APP, 'PUT')).status).toBe(204)
    expect(reached).toBe(0)
    expect((await ask(app, '/own', { origin: APP }, 'OPTIONS')).status).toBe(200)
    expect((await ask(app, '/own', { 'access-control-request-method': 'PUT' }, 'OPTIONS')).status).toBe(200)
    expect((await preflight(app, '/own', 'https://evil.test', 'PUT')).status).toBe(200)
    expect(reached).toBe(3)
  })

  test('of a module are answered by its own rules, those of its siblings are not', async () => {
    const open = module('open')
      .use(cors({ origins: [APP] }))
      .get('/a', () => 'a')
    const closed = module('closed').get('/b', () => 'b')
    const app = await core().use(open).use(closed).build({ mode: 'test' })
    expect((await preflight(app, '/a', APP, 'GET')).headers.get('access-control-allow-methods')).toBe('GET, HEAD')
    expect(allowOrigin(await ask(app, '/a', { origin: APP }, 'DELETE'))).toBe(APP)
    expect(allowOrigin(await preflight(app, '/b', APP, 'GET'))).toBeNull()
  })
})

test('a prefix, which would not narrow it, keeps the application from starting', async () => {
  const app = core().use('/api', cors({ origins: [APP] }))
  await expect(app.build({ mode: 'test' })).rejects.toThrow(
    "Module 'cors' holds for whoever uses it, so the prefix '/api' would not narrow it",
  )
})

describe('settings that are refused', () => {
  test.each<[string, unknown, string]>([
    ['everybody with credentials', { origins: '*', credentials: true }, 'would let every page act as whoever visits it'],
    ['no list', { origins: 'https://app.example' }, "cors: origins must be a list of origins, '*' or a function"],
    ['a wildcard host', { origins: ['https://*.example'] }, "cors: origins: 'https://*.example' is not an origin"],
    ['null', { origins: ['null'] }, 'write each origin in full'],
    ['a path', { origins: ['https://a.example/x'] }, "scheme, host and port alone, like 'https://a.example'"],
    ['a trailing slash', { origins: ['https://a.example/'] }, "like 'https://a.example'"],
    ['upper case', { origins: ['https://A.example'] }, "like 'https://a.example'"],
    ['a default port', { origins: ['https://a.example:443'] }, "like 'https://a.example'"],
    ['no scheme', { origins: ['a.example'] }, "like 'https://app.example'"],
    ['a port out of range', { origins: ['https://a.example:99999'] }, "like 'https://app.example'"],
    ['an age that is no number', { origins: '*', maxAge: 1.5 }, 'cors: maxAge must be a whole number of seconds'],
    ['a method that is none', { origins: '*', methods: ['PUT, X'] }, "cors: methods lists 'PUT, X'"],
    ['a header that is none', { origins: '*', headers: ['*'] }, "cors: headers lists '*'"],
    ['an exposed header that is none', { origins: '*', expose: ['a\nb'] }, 'cors: expose lists'],
  ])('%s', (_, options, message) => {
    expect(() => cors(options as CorsOptions)).toThrow(message)
    expect(() => cors(options as CorsOptions)).toThrow(TypeError)
  })
})
