import { describe, expect, test } from 'vitest'
import { type App, core, module } from '../index.ts'
import { openapiDocument } from './document.ts'
import { described, operation } from './fixtures/described.ts'
import { compareVersions } from './versions.ts'

const app = (): App<{}, {}> =>
  core({ name: 'shop' })
    .get('/health', () => 'ok')
    .use(module('v9', '/v9', { version: 'v9', deprecated: '2026-01-01', sunset: '2027-06-30' }).get('/users', () => []))
    .use(
      module('v10', '/v10', { version: 'v10' })
        .get('/users', () => [])
        .get('/beta', { deprecated: true }, () => ''),
    ) as unknown as App<{}, {}>

describe('documents of versions', () => {
  test('the one without a version shows the newest, beside routes that have none', async () => {
    const document = await described(app())
    expect(Object.keys(document.paths)).toEqual(['/health', '/v10/users', '/v10/beta'])
    expect(document.info.version).toBe('v10')
  })

  test('one of a version shows that version', async () => {
    const document = await described(app(), { version: '1.0.0' }, 'v9')
    expect(Object.keys(document.paths)).toEqual(['/health', '/v9/users'])
    expect(document.info.version).toBe('v9')
    expect(operation(document, 'get', '/v9/users')).toMatchObject({ deprecated: true, 'x-sunset': '2027-06-30' })
  })

  test('the current one may be another than the newest', async () => {
    const document = await described(app(), { current: 'v9' })
    expect(Object.keys(document.paths)).toContain('/v9/users')
  })

  test('the API may have a version of its own', async () => {
    expect((await described(app(), { version: '1.0.0' })).info.version).toBe('1.0.0')
  })

  test('an unknown one is refused, with those that are there', async () => {
    await using built = await app().build()
    expect(() => openapiDocument(built, {}, 'v8')).toThrow(new RangeError("No route has the version 'v8'; there are v10, v9"))
    await using none = await core().build()
    expect(() => openapiDocument(none, {}, 'v8')).toThrow("No route has the version 'v8'; none has any")
  })
})

test.each([
  ['v9', 'v10'],
  ['1', '2'],
  ['2025-11-01', '2026-05-01'],
  ['1.9', '1.10'],
  ['v1', 'v1.1'],
  ['alpha', 'beta'],
  ['1', 'v1'],
])('%s is older than %s', (older, newer) => {
  expect(compareVersions(older, newer)).toBeLessThan(0)
  expect(compareVersions(newer, older)).toBeGreaterThan(0)
  expect(compareVersions(older, older)).toBe(0)
})

describe('answers of a version that ends', () => {
  const headersOf = async (path: string): Promise<(string | null)[]> => {
    await using built = await app().build()
    const { headers } = await built.fetch(new Request(`http://shop.example${path}`))
    return [headers.get('deprecation'), headers.get('sunset')]
  }

  test('say since when they are deprecated (RFC 9745) and when they end (RFC 8594)', async () => {
    expect(await headersOf('/v9/users')).toEqual(['@1767225600', 'Wed, 30 Jun 2027 00:00:00 GMT'])
  })

  test('say that they are deprecated where no date is known', async () => {
    expect(await headersOf('/v10/beta')).toEqual(['@0', null])
  })

  test('of other versions say nothing', async () => {
    expect(await headersOf('/v10/users')).toEqual([null, null])
  })
})
