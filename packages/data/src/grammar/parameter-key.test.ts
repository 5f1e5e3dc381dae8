import { describe, expect, test } from 'vitest'
import { read, refusal } from './fixtures/reading.ts'
import { parameterKind, parseFilterKey, parseReservedKey } from './parameter-key.ts'

test.each([
  ['select', 'select'],
  ['columns', 'columns'],
  ['on_conflict', 'on_conflict'],
  ['order', 'order'],
  ['a.b.order', 'order'],
  ['limit', 'limit'],
  ['a.limit', 'limit'],
  ['a.offset', 'offset'],
  ['and', 'and'],
  ['a.not.or', 'or'],
  ['a.select', 'filter'],
  ['Select', 'filter'],
  ['orders', 'filter'],
  ['"order"', 'filter'],
  ['', 'filter'],
])('%j is for %s', (key, kind) => {
  expect(parameterKind(key)).toBe(kind)
})

describe('the key of a filter', () => {
  const field = (name: string, ...path: object[]): object => ({ name, path })
  test.each([
    ['id', { path: [], field: field('id') }],
    ['a.b-c.id', { path: ['a', 'b-c'], field: field('id') }],
    ['"a.b"."c d"', { path: ['a.b'], field: field('c d') }],
    ['a.data->x->>0', { path: ['a'], field: field('data', { text: false, key: 'x' }, { text: true, key: 0 }) }],
  ])('%j', (text, key) => {
    expect(read(parseFilterKey, text)).toEqual(key)
  })

  test.each([
    ['', '1: unexpected end of input expecting field name (* or [a..z0..9_$])'],
    ['a.', '3: unexpected end of input expecting field name (* or [a..z0..9_$])'],
    ['.a', '1: unexpected "." expecting field name (* or [a..z0..9_$])'],
    ['a(b)', '2: unexpected "(" expecting delimiter (.), "->" or end of input'],
    ['a->b.c', '5: unexpected "." expecting delimiter (.), "->" or end of input'],
    ['a;b', '2: unexpected ";" expecting delimiter (.), "->" or end of input'],
  ])('%j is refused', (text, why) => {
    expect(refusal(parseFilterKey, text)).toBe(why)
  })
})

describe('a reserved key', () => {
  test.each([
    ['order', { path: [], not: false }],
    ['a."b.c".order', { path: ['a', 'b.c'], not: false }],
    ['not.and', { path: [], not: true }],
    ['a.not.or', { path: ['a'], not: true }],
    ['a.and', { path: ['a'], not: false }],
    ['not.order', { path: ['not'], not: false }],
  ])('%j', (text, key) => {
    expect(read(parseReservedKey, text)).toEqual(key)
  })

  test.each([
    ['.order', '1: unexpected "." expecting field name (* or [a..z0..9_$])'],
    ['a->b.order', '2: unexpected "-" expecting delimiter (.) or end of input'],
  ])('%j is refused', (text, why) => {
    expect(refusal(parseReservedKey, text)).toBe(why)
  })
})
