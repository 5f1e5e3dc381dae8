import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { expect, test, vi } from 'vitest'
import { core, type RequestRecord } from '../app/index.ts'
import { diagnostics } from './diagnostics.ts'

const names = ['start', 'matched', 'handled', 'failed', 'sent'].map((it) => `plinth.request.${it}`)

test('each stage of a request is published to whoever subscribes, with one record for all', async () => {
  const built = await core({ mode: 'test' })
    .use(diagnostics())
    .get('/a/:id', () => {
      throw new Error('broken')
    })
    .build()
  const seen: [string, RequestRecord][] = []
  const listener = (message: unknown, name: string | symbol): void => void seen.push([String(name), message as RequestRecord])
  for (const name of names) subscribe(name, listener)
  await built.fetch(new Request('http://x/a/1'))
  for (const name of names) unsubscribe(name, listener)
  await built.fetch(new Request('http://x/a/1'))
  expect(seen.map(([name]) => name)).toEqual(['start', 'matched', 'failed', 'handled', 'sent'].map((it) => `plinth.request.${it}`))
  expect(new Set(seen.map(([, record]) => record)).size).toBe(1)
  expect(seen[0]?.[1]).toMatchObject({ template: '/a/:id', status: 500, delivered: true, error: new Error('broken') })
})

test('a platform without channels is left alone', async () => {
  vi.stubGlobal('process', { env: {} })
  const built = await core({ mode: 'test' })
    .use(diagnostics())
    .get('/', () => 'x')
    .build()
  vi.unstubAllGlobals()
  expect((await built.fetch(new Request('http://x/'))).status).toBe(200)
})
