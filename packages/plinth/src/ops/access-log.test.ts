import { describe, expect, test } from 'vitest'
import { core, type CoreOptions } from '../app/index.ts'
import { accessLog, type AccessLogOptions } from './access-log.ts'
import { logger } from './logger.ts'

type Line = { readonly [name: string]: unknown }

async function served(
  options: AccessLogOptions = {},
  settings: CoreOptions = {},
): Promise<{ lines: Line[]; get: (path: string, init?: RequestInit) => Promise<Response> }> {
  const lines: Line[] = []
  const log = logger({ level: 'info', destination: { write: (line: string) => void lines.push(JSON.parse(line) as Line) } })
  const built = await core({ log, mode: 'test', ...settings })
    .use(accessLog(options))
    .get('/users/:id', ({ params }) => ({ id: params.id, é: 'ü' }))
    .get('/bytes', () => new Uint8Array(7))
    .get('/none', () => null)
    .get('/stream', () => new Blob(['abc']).stream())
    .get('/sized', () => new Response(new Blob(['abcd']).stream(), { headers: { 'content-length': '4' } }))
    .get('/livez', () => 'ok')
    .get('/readyz', () => {
      throw new Error('no')
    })
    .build()
  return { lines, get: async (path, init) => built.fetch(new Request(`http://x${path}`, init)) }
}

describe('one line a request', () => {
  test('has method, route, status, milliseconds and bytes, and the id that is in its other lines', async () => {
    const { lines, get } = await served()
    await get('/users/7?token=s3cr3t')
    expect(lines).toEqual([
      {
        level: 'info',
        time: expect.any(String),
        requestId: expect.any(String),
        method: 'GET',
        route: '/users/:id',
        path: '/users/7',
        status: 200,
        ms: expect.any(Number),
        bytes: 20,
        message: 'request',
      },
    ])
    expect(JSON.stringify(lines)).not.toContain('s3cr3t')
  })

  test('in production only templates, unless no route matched', async () => {
    const { lines, get } = await served({}, { mode: 'production' })
    await get('/users/7')
    await get(`/nope/${'x'.repeat(500)}?q=1`)
    expect(lines[0]).not.toHaveProperty('path')
    expect(lines[1]).toMatchObject({ status: 404 })
    expect(lines[1]).not.toHaveProperty('route')
    expect(String(lines[1]?.['path'])).toHaveLength(256)
  })

  test('counts bytes of every kind of body that is known', async () => {
    const { lines, get } = await served()
    for (const path of ['/bytes', '/none', '/stream', '/sized']) await (await get(path)).arrayBuffer()
    await get('/bytes', { method: 'HEAD' })
    expect(lines.map((it) => it['bytes'])).toEqual([7, 0, undefined, 4, 0])
  })

  test('query and peer only when asked for', async () => {
    const { lines, get } = await served({ query: true, peer: true, path: false })
    await get('/users/7?a=1')
    await get('/users/7')
    expect(lines[0]).toMatchObject({ query: 'a=1', peer: '' })
    expect(lines[1]).not.toHaveProperty('query')
    expect(lines[0]).not.toHaveProperty('path')
  })

  test('probes are quiet until they fail; a failed request is an error', async () => {
    const { lines, get } = await served()
    await get('/livez')
    await get('/readyz')
    expect(lines.filter((it) => it['message'] === 'request')).toMatchObject([{ level: 'error', route: '/readyz', status: 500 }])
  })

  test('says when the client went before the end', async () => {
    const { lines, get } = await served()
    await (await get('/stream')).body?.cancel()
    expect(lines).toMatchObject([{ delivered: false }])
  })

  test('only in the modes asked for', async () => {
    const { lines, get } = await served({ modes: ['development'] })
    await get('/users/7')
    expect(lines).toEqual([])
  })

  test('bears what listeners of the start add to the log', async () => {
    const lines: Line[] = []
    const log = logger({ level: 'info', destination: { write: (line: string) => void lines.push(JSON.parse(line) as Line) } })
    const built = await core({ log, mode: 'test' })
      .on('start', (record) => void (record.logFields['tenant'] = 'a'))
      .use(accessLog())
      .get('/', (ctx) => {
        ctx.log.info('inside')
        return 'x'
      })
      .build()
    await built.fetch(new Request('http://x/'))
    expect(lines).toMatchObject([
      { tenant: 'a', message: 'inside', route: '/' },
      { tenant: 'a', message: 'request' },
    ])
  })
})
