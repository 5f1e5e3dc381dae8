import fc from 'fast-check'
import { expect, test } from 'vitest'
import { acceptable, acceptableEncoding, acceptableLanguage } from './negotiate.ts'

const offers = ['application/json', 'text/html; charset=utf-8', 'text/plain']

test.each([
  [undefined, 'application/json'],
  ['', 'application/json'],
  ['*/*', 'application/json'],
  ['text/html', 'text/html; charset=utf-8'],
  ['TEXT/HTML', 'text/html; charset=utf-8'],
  ['text/html;charset="utf-8"', 'text/html; charset=utf-8'],
  ['text/html;charset=utf-16', undefined],
  ['text/*', 'text/html; charset=utf-8'],
  ['text/*;q=0.5, application/json;q=0.4', 'text/html; charset=utf-8'],
  ['text/*, text/html;q=0.1', 'text/plain'],
  ['text/html;q=0.1, text/*', 'text/plain'],
  ['*/*, application/json;q=0', 'text/html; charset=utf-8'],
  ['application/json;q=0', undefined],
  ['image/png', undefined],
  ['text/plain;q=0.5;ext=1, application/json;q=0.4', 'text/plain'],
  ['text/plain;q=2, application/json;q=0.1', 'application/json'],
  ['text/plain;q=abc', undefined],
  ['text/plain;q=0.1234', undefined],
  ['text/plain;q=1.000', 'text/plain'],
  [',, ;;,text/plain', 'text/plain'],
  ['text', undefined],
])('Accept %j gets %j', (accept, chosen) => {
  expect(acceptable(accept, offers)).toBe(chosen)
})

test.each([
  [undefined, 'identity'],
  ['', 'identity'],
  ['gzip', 'gzip'],
  ['x-gzip', 'gzip'],
  ['gzip, br', 'br'],
  ['gzip;q=1, br;q=0.5', 'gzip'],
  ['*', 'br'],
  ['*;q=0.5, gzip', 'gzip'],
  ['br;q=0, *', 'gzip'],
  ['zstd', 'identity'],
  ['gzip;q=0', 'identity'],
  ['identity', 'identity'],
  ['identity;q=1, gzip;q=0.5', 'identity'],
  ['identity;q=0.5, gzip;q=1', 'gzip'],
  ['identity;q=0', undefined],
  ['*;q=0', undefined],
  ['*;q=0, identity', 'identity'],
  ['*;q=0, gzip', 'gzip'],
])('Accept-Encoding %j gets %j', (header, chosen) => {
  expect(acceptableEncoding(header, ['br', 'gzip'])).toBe(chosen)
})

test.each([
  [undefined, 'en'],
  [' ', 'en'],
  ['de', 'de'],
  ['fr', undefined],
  ['en-US', 'en'],
  ['en-US, de;q=0.5', 'en'],
  ['pt', 'pt-BR'],
  ['PT-br', 'pt-BR'],
  ['p', undefined],
  ['*', 'en'],
  ['*, en;q=0.1', 'de'],
  ['de;q=0, *', 'en'],
  ['de;q=0', undefined],
  ['fr, de;q=0.2, pt;q=0.8', 'pt-BR'],
])('Accept-Language %j gets %j', (header, chosen) => {
  expect(acceptableLanguage(header, ['en', 'de', 'pt-BR'])).toBe(chosen)
})

test('a hostile header is little work', () => {
  const hostile = 'a/b;q=0.1;x=y,'.repeat(5_000)
  const started = performance.now()
  expect(acceptable(hostile, offers)).toBeUndefined()
  expect(acceptable(`a/b${';p=1'.repeat(10_000)}`, offers)).toBeUndefined()
  expect(performance.now() - started).toBeLessThan(200)
})

test('any text gives an offer or nothing', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('text', '/', '*', ';', 'q=', '0.5', ',', 'plain', '"', ' ', 'é', 'gzip'), maxLength: 20 }),
      (header) => {
        expect([...offers, undefined]).toContain(acceptable(header, offers))
        expect(['br', 'gzip', 'identity', undefined]).toContain(acceptableEncoding(header, ['br', 'gzip']))
        expect(['en', undefined]).toContain(acceptableLanguage(header, ['en']))
      },
    ),
    { seed: 27, numRuns: 1_000 },
  )
})
