import { describe, expect, test } from 'vitest'
import { CodecError, inputCheck, jsonSchemaOf, replyEncoder, ReplyMismatch } from './index.ts'
import * as t from './t.ts'

const Everything = t.Object({ at: t.Date(), day: t.PlainDate(), big: t.BigInt(), price: t.Decimal(), bytes: t.Bytes() })
const wire = { at: '2026-01-31T09:30:00.000Z', day: '2026-01-31', big: '-9007199254740993', price: '-12.50', bytes: 'AAH/' }
const value = {
  at: new Date('2026-01-31T09:30:00Z'),
  day: '2026-01-31',
  big: -9007199254740993n,
  price: '-12.50',
  bytes: new Uint8Array([0, 1, 255]),
}

test.each(['body', 'query', 'params'] as const)('codecs decode in %s', (location) => {
  expect(inputCheck(Everything, location).check(wire)).toEqual({ ok: true, value })
})

test('codecs encode in replies', () => {
  expect(replyEncoder(Everything).plain(value)).toEqual(wire)
})

test('JSON Schema tells the wire form', () => {
  expect(jsonSchemaOf(Everything, 'output')?.properties).toEqual({
    at: { type: 'string', format: 'date-time' },
    day: { type: 'string', format: 'date' },
    big: { type: 'string', format: 'bigint', maxLength: 100, pattern: '^-?(?:0|[1-9][0-9]*)$' },
    price: { type: 'string', format: 'decimal', maxLength: 100, pattern: '^-?(?:0|[1-9][0-9]*)(?:\\.[0-9]+)?$' },
    bytes: { type: 'string', format: 'byte', contentEncoding: 'base64' },
  })
})

test('what does not decode is an issue at its place', () => {
  expect(inputCheck(Everything, 'body').check({ at: 'yesterday', day: '2026-02-30', big: '1.5', price: '1,5', bytes: 'AA' })).toEqual({
    ok: false,
    issues: [
      { location: 'body', pointer: '/at', message: 'must be a date and time with an offset, such as 2026-01-31T09:30:00Z' },
      { location: 'body', pointer: '/day', message: 'must be a date, such as 2026-01-31' },
      { location: 'body', pointer: '/big', message: 'must be a whole number in decimal digits' },
      { location: 'body', pointer: '/price', message: 'must be a decimal number, such as 12.50' },
      { location: 'body', pointer: '/bytes', message: 'must be bytes in base64' },
    ],
  })
  // Right by its format, and yet no moment that a Date can hold.
  expect(inputCheck(t.Array(t.Date()), 'body').check(['2026-01-31T09:30:00Z', '2016-12-31T23:59:60Z'])).toMatchObject({
    issues: [{ pointer: '/1' }],
  })
})

test('digits without end are not read', () => {
  expect(inputCheck(t.Object({ a: t.BigInt() }), 'body').check({ a: '9'.repeat(1_000_000) })).toMatchObject({
    issues: [{ pointer: '/a', message: 'must have at most 100 characters' }],
  })
})

test.each([
  [t.Date(), '2026-01-31T09:30:00Z', 'must be a valid Date'],
  [t.Date(), new Date(Number.NaN), 'must be a valid Date'],
  [t.BigInt(), 1, 'must be a bigint'],
  [t.Bytes(), 'AAAA', 'must be a Uint8Array'],
])('a reply of another type is a mismatch', (schema, given, message) => {
  const encoder = replyEncoder(t.Object({ a: schema }))
  expect(() => encoder.encode({ a: given })).toThrow(ReplyMismatch)
  expect(() => encoder.encode({ a: given })).toThrow(`/a ${message}`)
})

describe('a union of codecs', () => {
  const Mixed = t.Object({ v: t.Union([t.BigInt(), t.Date(), t.Null(), t.Object({ at: t.Date() })]) })

  test.each([
    [{ v: '12' }, { v: 12n }],
    [{ v: '1970-01-01T00:00:00.000Z' }, { v: new Date(0) }],
    [{ v: null }, { v: null }],
    [{ v: { at: '1970-01-01T00:00:00.000Z' } }, { v: { at: new Date(0) } }],
  ])('takes the branch that fits %j', (onWire, decoded) => {
    expect(inputCheck(Mixed, 'body').check(onWire)).toEqual({ ok: true, value: decoded })
    expect(replyEncoder(Mixed).plain(decoded)).toEqual(onWire)
  })

  test('and says what is wrong when none does', () => {
    expect(() => replyEncoder(Mixed).plain({ v: 'x' })).toThrow(ReplyMismatch)
    expect(inputCheck(Mixed, 'body').check({ v: 'x' })).toMatchObject({ issues: [{ pointer: '/v' }] })
  })
})

describe('a codec of one’s own', () => {
  const even = (complaint: (text: string) => Error) =>
    t.Object({
      n: t
        .Codec(t.String())
        .Decode((text) => {
          if (text.length % 2 !== 0) throw complaint(text)
          return text.length
        })
        .Encode((length) => 'x'.repeat(length)),
    })

  test('is given what is inside it decoded, and what it gives is encoded', () => {
    const Span = t
      .Codec(t.Object({ from: t.Date(), to: t.Date() }))
      .Decode(({ from, to }) => [from, to] as const)
      .Encode(([from, to]) => ({ from, to }))
    const wire = { from: '1970-01-01T00:00:00.000Z', to: '1970-01-02T00:00:00.000Z' }
    const span = [new Date(0), new Date(86_400_000)]
    expect(inputCheck(Span, 'body').check(wire)).toEqual({ ok: true, value: span })
    expect(replyEncoder(Span).plain(span)).toEqual(wire)
  })

  test('decodes and encodes', () => {
    const schema = even(() => new Error('unused'))
    expect(inputCheck(schema, 'body').check({ n: 'ab' })).toEqual({ ok: true, value: { n: 2 } })
    expect(replyEncoder(schema).encode({ n: 3 })).toBe('{"n":"xxx"}')
  })

  test('may say what is wrong, but what it throws otherwise is not shown', () => {
    const message = (schema: t.TSchema & { readonly '~kind': string }): unknown => inputCheck(schema, 'body').check({ n: 'abc' })
    expect(message(even(() => new CodecError('must have an even length')))).toMatchObject({
      issues: [{ pointer: '/n', message: 'must have an even length' }],
    })
    expect(message(even((text) => new CodecError(`not ${text}`)))).toMatchObject({ issues: [{ message: 'is not valid' }] })
    expect(message(even((text) => new Error(`bad: ${text}`)))).toMatchObject({ issues: [{ message: 'is not valid' }] })
  })
})

test('a moment that no Date can be is an issue of its place', () => {
  expect(inputCheck(Everything, 'body').check({ ...wire, at: '2026-12-31T23:59:60Z' })).toEqual({
    ok: false,
    issues: [{ location: 'body', pointer: '/at', message: 'must be a date and time with an offset, such as 2026-01-31T09:30:00Z' }],
  })
  expect(new CodecError('x').name).toBe('CodecError')
})
