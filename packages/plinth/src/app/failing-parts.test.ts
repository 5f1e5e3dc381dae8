import { expect, test } from 'vitest'
import { core } from './builder.ts'
import type { Logger } from './logger.ts'

const nothing = (): void => {}
function recorder(): Logger & { readonly said: string[] } {
  const said: string[] = []
  const log = { debug: nothing, info: nothing, warn: nothing, said, child: () => log } as unknown as Logger & { said: string[] }
  return Object.assign(log, { error: (fields: { err?: Error }, message: string) => void said.push(`${message}: ${fields.err?.message}`) })
}
const broken = (): never => {
  throw new Error('broken')
}

// Thrown in a timer or behind the last `catch`, each of these once ended the process.
test('a renderer that throws is a bare 500, also for the answer to a passed deadline and to a failed header source', async () => {
  const log = recorder()
  const app = await core({ log, errors: broken, timeout: 20 })
    .headers((ctx) => (ctx.path === '/header' ? broken() : undefined))
    .get('/throws', broken)
    .get('/late', () => new Promise(() => {}))
    .get('/header', () => 'ok')
    .build({ mode: 'test' })
  for (const path of ['/throws', '/late', '/header', '/nowhere']) {
    const response = await app.fetch(new Request(`http://a.test${path}`))
    expect([path, response.status, await response.json()]).toEqual([path, 500, { title: 'Something went wrong on our side', status: 500 }])
  }
  expect(log.said.filter((it) => it === 'the error renderer threw: broken').length).toBe(4)
})

test('a function requestId that throws is logged, and the request has an id of ours', async () => {
  const log = recorder()
  const app = await core({ log, requestId: broken })
    .get('/id', (ctx) => ctx.requestId)
    .get('/throws', broken)
    .build({ mode: 'test' })
  expect(await (await app.fetch(new Request('http://a.test/id'))).text()).toMatch(/^[a-z0-9]{10}-1$/)
  const response = await app.fetch(new Request('http://a.test/throws'))
  expect([response.status, await response.json()]).toMatchObject([500, { requestId: expect.stringMatching(/^[a-z0-9]{10}-2$/) }])
  expect(log.said).toContain('the function requestId threw: broken')
})

test('a client that goes during its upload is no unexpected error on the platforms of fetch either', async () => {
  const log = recorder()
  const app = await core({ log })
    .post('/', () => 'ok')
    .build({ mode: 'test' })
  const body = new ReadableStream({ pull: (controller) => controller.error(new Error('connection lost')) })
  const init = { method: 'POST', body, headers: { 'content-type': 'application/json' }, duplex: 'half' }
  expect((await app.fetch(new Request('http://a.test/', init as RequestInit))).status).toBe(499)
  expect(log.said).toEqual([])
})
