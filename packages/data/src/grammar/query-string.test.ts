import { describe, expect, test } from 'vitest'
import { thrown } from './fixtures/reading.ts'
import { canonicalQuery, parseQueryString } from './query-string.ts'

describe('a query string', () => {
  test.each([
    ['', []],
    ['&&', []],
    ['a=1&b=2&a=3', ['a=1', 'b=2', 'a=3']],
    ['a', ['a']],
    ['a=', ['a=']],
    ['=x', ['=x']],
    ['a=b=c', ['a=b=c']],
    ['a=x+y%2Bz%20', ['a=x y+z ']],
    ['%61+b=c', ['a b=c']],
    ['a=%C3%A4%F0%9F%98%80', ['a=ä😀']],
    ['name=like.50%', ['name=like.50%']],
    ['a=%zz%4&b=%C3%A4%', ['a=%zz%4', 'b=ä%']],
    ['a=%fG%Ga%aG', ['a=%fG%Ga%aG']],
    ['a=ä%', ['a=ä%']],
    ['a=%EF%BB%BFx%', ['a=\uFEFFx%']],
  ])('%j', (query, parameters) => {
    expect(parseQueryString(query).map(({ key, value }) => (value === undefined ? key : `${key}=${value}`))).toEqual(parameters)
  })

  test.each([
    ['a=%FF', 'the query string has bytes that are not UTF-8'],
    ['%C3=1', 'the query string has bytes that are not UTF-8'],
    ['a=%ED%A0%80', 'the query string has bytes that are not UTF-8'],
    ['a=x%00', 'the query string has a NUL character, which no text can hold'],
    ['a\0=x', 'the query string has a NUL character, which no text can hold'],
    ['a=\uD800', 'the query string has text that is not Unicode'],
  ])('%j is refused', (query, details) => {
    expect(thrown(() => parseQueryString(query))).toMatchObject({ code: 'PGRST100', status: 400, details })
  })
})

test.each([
  ['', ''],
  ['b=eq.1&a=eq.1', 'a=eq.1&b=eq.1'],
  ['b=2&a=2&b=1&a=1', 'a=2&a=1&b=2&b=1'],
  ['c&b=x+y&a=(1,2)*', 'a=%281%2C2%29%2A&b=x%20y&c='],
])('%j is %j in one way', (query, canonical) => {
  expect(canonicalQuery(parseQueryString(query))).toBe(canonical)
})

test('every character of ASCII and beyond is encoded as RFC 3986 has it', () => {
  const unreserved = new Set('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~')
  const bytes = (text: string): string =>
    [...new TextEncoder().encode(text)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('')
  for (const character of [...Array.from({ length: 0x7f }, (_, at) => String.fromCharCode(at + 1)), 'ä', '\u0080', '漢', '😀']) {
    const expected = unreserved.has(character) ? character : bytes(character)
    for (const beside of ['', 'ä']) {
      const query = `a=${bytes(beside + character)}`
      expect(canonicalQuery(parseQueryString(query))).toBe(`a=${bytes(beside)}${expected}`)
    }
  }
})
