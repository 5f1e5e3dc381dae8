import { describe, expect, test } from 'vitest'
import { thrown } from './fixtures/reading.ts'
import { intersectPages, parseCount, parseRange } from './page.ts'

describe('limit and offset', () => {
  test.each([
    ['0', 0],
    ['-0', 0],
    [' 25 ', 25],
    ['007', 7],
    ['99999999999999999999', Number.MAX_SAFE_INTEGER],
    ['', undefined],
    ['1.5', undefined],
    ['1e3', undefined],
    ['0x10', undefined],
    ['all', undefined],
    ['--1', undefined],
  ])('%j is %s', (text, count) => {
    expect(parseCount(text, 'limit')).toBe(count)
  })

  test('below zero can not be satisfied', () => {
    expect(thrown(() => parseCount('-1', 'limit')).toJSON()).toEqual({
      code: 'PGRST103',
      message: 'Requested range not satisfiable',
      details: 'Limit should be greater than or equal to zero.',
      hint: null,
    })
    expect(thrown(() => parseCount('-99999999999999999999', 'offset'))).toMatchObject({
      status: 416,
      details: 'Offset should be greater than or equal to zero.',
    })
  })
})

describe('Range', () => {
  test.each([
    ['0-9', { offset: 0, limit: 10 }],
    ['5-5', { offset: 5, limit: 1 }],
    ['10-', { offset: 10, limit: undefined }],
    [' 1-2 ', { offset: 1, limit: 2 }],
    ['0-99999999999999999999', { offset: 0, limit: Number.MAX_SAFE_INTEGER }],
    [undefined, undefined],
    ['', undefined],
    ['-5', undefined],
    ['bytes=0-9', undefined],
    ['0-9,20-29', undefined],
    ['a-b', undefined],
  ])('%j', (header, page) => {
    expect(parseRange(header)).toEqual(page)
  })

  test('that ends before it begins can not be satisfied', () => {
    expect(thrown(() => parseRange('1-0'))).toMatchObject({
      code: 'PGRST103',
      details: 'The lower boundary must be lower than or equal to the upper boundary in the Range header.',
    })
  })
})

describe('limit, offset and Range together', () => {
  test.each([
    [
      [0, undefined],
      [0, undefined],
      [0, undefined],
    ],
    [
      [0, 3],
      [0, 2],
      [0, 2],
    ],
    [
      [2, 10],
      [5, undefined],
      [5, 7],
    ],
    [
      [2, undefined],
      [0, 5],
      [2, 3],
    ],
    [
      [0, 0],
      [0, 5],
      [0, 0],
    ],
    [
      [0, 0],
      [9, 5],
      [9, 0],
    ],
  ] as const)('%j and %j are %j', (a, b, both) => {
    const page = ([offset, limit]: readonly [number, number | undefined]): { offset: number; limit: number | undefined } => ({
      offset,
      limit,
    })
    expect(intersectPages(page(a), page(b))).toEqual(page(both))
    expect(intersectPages(page(b), page(a))).toEqual(page(both))
  })

  test('without a row in common can not be satisfied', () => {
    expect(thrown(() => intersectPages({ offset: 0, limit: 3 }, { offset: 3, limit: 2 }))).toMatchObject({
      status: 416,
      details: 'The Range header has no rows in common with limit and offset.',
    })
  })
})
