import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { HttpFailure } from './failures.ts'
import { parseQuery, parseUrlencoded } from './query.ts'

/** As an ordinary object, for comparing. */
const plain = (values: object): Record<string, unknown> => Object.fromEntries(Object.entries(values))

function failureOf(run: () => unknown): HttpFailure {
  try {
    run()
  } catch (error) {
    if (error instanceof HttpFailure) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

test.each([
  ['', {}],
  ['a=1', { a: '1' }],
  ['a=1&b=2', { a: '1', b: '2' }],
  ['a=1&a=2&a=3', { a: ['1', '2', '3'] }],
  ['a', { a: '' }],
  ['a&b=1&c', { a: '', b: '1', c: '' }],
  ['=1', { '': '1' }],
  ['&&a=1&', { a: '1' }],
  ['a==b=', { a: '=b=' }],
  ['q=one+two%20three', { q: 'one two three' }],
  ['a%26b=c%3Dd', { 'a&b': 'c=d' }],
  ['name=%C3%A9%F0%9F%98%80', { name: 'é😀' }],
  ['a=%2B%25', { a: '+%' }],
  ['a=%2541', { a: '%41' }],
  ['a[b][c]=1', { 'a[b][c]': '1' }],
  ['a=b;c=d', { a: 'b;c=d' }],
])('reads %s', (search, values) => {
  expect(plain(parseQuery(search))).toEqual(values)
})

test.each(['a=%', 'a=%2', 'a=%zz', '%=1', 'a=%ff', 'a=%c0%80', 'a=%ed%a0%80', 'a=%00', '%00=a', 'a=\0'])('refuses %s', (search) => {
  expect(failureOf(() => parseQuery(search))).toMatchObject({ status: 400, code: 'malformed-query' })
  expect(failureOf(() => parseUrlencoded(search))).toMatchObject({ status: 400, code: 'malformed-form' })
})

test('the detail of a failure never repeats the input', () => {
  expect(failureOf(() => parseQuery('secret=%zz')).detail).not.toContain('secret')
})

test('names that objects inherit elsewhere are ordinary names', () => {
  const values = parseQuery('__proto__=x&constructor=y&__proto__=z')
  expect(values['__proto__']).toEqual(['x', 'z'])
  expect(values['constructor']).toBe('y')
  expect(parseQuery('a=1')['toString']).toBeUndefined()
  expect(({} as Record<string, unknown>)['x']).toBeUndefined()
})

describe('limits', () => {
  test('a thousand pairs pass, one more does not', () => {
    expect(Object.keys(parseQuery(Array.from({ length: 1_000 }, (_, i) => `k${i}=v`).join('&')))).toHaveLength(1_000)
    const tooMany = 'a=1&'.repeat(1_001)
    expect(failureOf(() => parseQuery(tooMany))).toMatchObject({ status: 400, code: 'malformed-query' })
    expect(failureOf(() => parseUrlencoded(tooMany))).toMatchObject({ status: 413, code: 'too-many-fields' })
    expect(failureOf(() => parseUrlencoded('a&b&c', 2))).toMatchObject({ code: 'too-many-fields' })
  })

  test('a megabyte of names without `=` is refused without scanning it for each', () => {
    const text = 'a&'.repeat(999) + 'b'.repeat(1_000_000)
    const started = performance.now()
    parseUrlencoded(text)
    expect(performance.now() - started).toBeLessThan(500)
  })
})

test('agrees with the URL standard wherever both can read it', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' })), { maxLength: 8 }), (pairs) => {
      const whole = pairs.filter(([name, value]) => !`${name}${value}`.includes('\0'))
      const search = new URLSearchParams(whole).toString()
      const read = Object.entries(parseQuery(search)).flatMap(([name, value]) => [value].flat().map((one) => [name, one]))
      const byName = (list: string[][]): string[] => list.map((pair) => JSON.stringify(pair)).sort()
      expect(byName(read)).toEqual(byName(whole))
    }),
    { seed: 20, numRuns: 300 },
  )
})

test('any text is read or refused, never anything else', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', '=', '&', '%', '+', '4', '1', 'f', '\0', 'é', '[', ';'), maxLength: 30 }),
      (search) => {
        try {
          parseQuery(search)
        } catch (error) {
          expect(error).toBeInstanceOf(HttpFailure)
        }
      },
    ),
    { seed: 21, numRuns: 2_000 },
  )
})
