import { describe, expect, test } from 'vitest'
import { app, type AppOptions, guard, type Mode, refuse } from './index.ts'

async function ask(path: string, options: AppOptions = {}, mode: Mode = 'development', init?: RequestInit): Promise<Response> {
  const built = await app({ log: silent, ...options })
    .get('/', () => 'Hello')
    .post('/', () => 'done')
    .build({ mode })
  return built.fetch(new Request(`http://app.test${path}`, init))
}
const silent = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent }

describe('app() has what is safe on from the start', () => {
  test('headers that browsers act on', async () => {
    const { headers } = await ask('/')
    expect(headers.get('x-frame-options')).toBe('DENY')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect((await ask('/', { security: false })).headers.get('x-frame-options')).toBeNull()
  })

  test('no unsafe requests from other sites with a cookie', async () => {
    const init = { method: 'POST', headers: { cookie: 'session=1', origin: 'https://evil.example' } }
    expect((await ask('/', {}, 'production', init)).status).toBe(403)
    expect((await ask('/', { csrf: false }, 'production', init)).status).toBe(200)
  })

  test('probes, also where guards stand before everything', async () => {
    const guards = [guard(() => refuse('not-signed-in'))]
    expect((await ask('/livez', { guards })).status).toBe(200)
    expect((await ask('/readyz', { guards })).status).toBe(200)
    expect((await ask('/', { guards })).status).toBe(401)
    expect((await ask('/livez', { health: false })).status).toBe(404)
  })

  test('documents, in development; in production only when told', async () => {
    expect((await ask('/openapi.json')).status).toBe(200)
    expect((await ask('/docs')).headers.get('content-type')).toContain('text/html')
    expect((await ask('/openapi.json', {}, 'production')).status).toBe(404)
    expect((await ask('/openapi.json', { openapi: { docs: true } }, 'production')).status).toBe(200)
    expect((await ask('/openapi.json', { openapi: false })).status).toBe(404)
  })

  test('a line a request, in development alone', async () => {
    const lines: unknown[] = []
    const log = { ...silent, info: (fields: unknown) => void lines.push(fields), child: () => log }
    await (await ask('/', { log })).text()
    expect(lines).toHaveLength(1)
    await (await ask('/', { log }, 'production')).text()
    await (await ask('/', { log, accessLog: false })).text()
    expect(lines).toHaveLength(1)
    await (await ask('/', { log, accessLog: {} }, 'production')).text()
    expect(lines).toHaveLength(2)
  })
})
