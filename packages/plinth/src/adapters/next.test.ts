import { expect, test } from 'vitest'
import { app } from '../index.ts'
import { transportConformance } from '../testing/transport-conformance.ts'
import application from '../testing/transport-fixture.ts'
import { nextHandlers, type NextHandlers } from './next.ts'
import { listen } from './no-listen.ts'

const known = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

transportConformance(
  'a route file of Next.js',
  async () => {
    const handlers = nextHandlers(application, { basePath: '/api' })
    return {
      ask: (path, init) => {
        const method = init?.method ?? 'GET'
        if (!known.has(method)) throw new Error('Next.js answers methods that the file does not export')
        return handlers[method as keyof NextHandlers](new Request(`http://test.local/api${path}`, init), { params: Promise.resolve({}) })
      },
      close: () => Promise.resolve(),
    }
  },
  ['peer', 'port', 'env', 'any-method'],
)

const api = app().get('/api/here', ({ path, env }) => ({ path, env }))

test('without a base the paths of the application are those of the site, and the context of Next.js is env', async () => {
  const answer = await nextHandlers(await api.build()).GET(new Request('http://test.local/api/here'), { a: 1 })
  expect(await answer.json()).toEqual({ path: '/api/here', env: { a: 1 } })
})

test('a base that the route file does not stand under is a mistake', () => {
  const { GET } = nextHandlers(api, { basePath: '/v1' })
  expect(() => GET(new Request('http://test.local/api/here'))).toThrow('has the basePath /v1, but was asked for /api/here')
  expect(() => nextHandlers(api, { basePath: 'v1' })).toThrow(TypeError)
})

test('where bundlers replace it, listening says what to do instead', async () => {
  await expect(listen()).rejects.toThrow('default export')
})
