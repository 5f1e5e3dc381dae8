import { describe, expect, test } from 'vitest'
import type { Location } from './contract.ts'
import { inputCheck } from './index.ts'
import * as t from './t.ts'
import type { Schema } from './types.ts'

function judge(schema: Schema, value: unknown, location: Location = 'query', form = false): unknown {
  const checked = inputCheck(schema, location, { form }).check(value)
  if (checked instanceof Promise) throw new Error('not expected to wait')
  return checked.ok ? checked.value : Object.fromEntries(checked.issues.map((issue) => [issue.pointer, issue.message]))
}

const unsafe = (schema: object): t.TSchema & { readonly '~kind': string } => t.Unsafe({ '~kind': 'Unsafe', ...schema }) as never
const one = (schema: t.TSchema, value: unknown, location?: Location): unknown => {
  const result = judge(t.Object({ a: t.Optional(schema) }), { a: value }, location) as { a?: unknown; '/a'?: string }
  return '/a' in result ? `no: ${result['/a']}` : result.a
}

describe('texts become', () => {
  test.each([
    ['0', 0],
    ['-0', 0],
    ['42', 42],
    ['-1.5', -1.5],
    ['1e3', 1000],
    ['1.0', 1],
    ['12.25', 12.25],
    ['1e+10', 1e10],
    ['25E-12', 25e-12],
    [`0.${'1'.repeat(398)}`, 0.1111111111111111],
  ])('the number that %j says', (text, number) => {
    expect(one(t.Number(), text)).toBe(number)
  })

  test.each([
    '',
    ' ',
    ' 1',
    '1 ',
    '+1',
    '.5',
    '5.',
    '007',
    '0x10',
    '0b1',
    '1_000',
    '1,5',
    'Infinity',
    '-Infinity',
    'NaN',
    '1e999',
    '١',
    '1'.repeat(500),
    `0.${'1'.repeat(399)}`,
  ])('no number where the text is %j', (text) => {
    expect(one(t.Number(), text)).toBe('no: must be a number')
  })

  test.each([
    ['7', 7],
    ['-7', -7],
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
  ])('the integer that %j says', (text, number) => {
    expect(one(t.Integer(), text)).toBe(number)
  })

  test.each(['1.0', '1e3', '9007199254740992', '-9007199254740993', ''])('no integer where the text is %j', (text) => {
    expect(one(t.Integer(), text)).toBe('no: must be an integer')
  })

  test('booleans from four words', () => {
    expect(['true', '1', 'false', '0'].map((text) => one(t.Boolean(), text))).toEqual([true, true, false, false])
    for (const text of ['', 'yes', 'TRUE', 'on']) expect(one(t.Boolean(), text)).toBe('no: must be true or false')
  })

  test('null from its name', () => {
    expect(one(t.Union([t.Integer(), t.Null()]), 'null')).toBe(null)
    expect(one(t.Null(), '')).toBe('no: must be null')
  })

  test('constants and members of other types than text', () => {
    expect(one(t.Literal(5), '5')).toBe(5)
    expect(one(t.Literal(true), 'true')).toBe(true)
    expect(one(t.Literal(5), '6')).toBe('no: must be 5')
    expect(one(t.Enum(['a', 1]), '1')).toBe(1)
    expect(one(t.Enum(['1', 1]), '1')).toBe('1')
    expect(one(t.Enum(['a', 'b']), 'a')).toBe('a')
    expect(one(unsafe({ enum: [null, 1] }), 'null')).toBe(null)
    expect(one(unsafe({ const: 5 }), '5')).toBe(5)
    expect(one(unsafe({ enum: [{ a: 1 }] }), '[object Object]')).toBe('no: must be {"a":1}')
    expect(one(t.Union([t.Literal(1), t.Literal(2)]), '2')).toBe(2)
  })

  test('the first branch of a union that they fit', () => {
    const schema = t.Union([t.Integer(), t.Boolean(), t.Literal('all')])
    expect(['1', 'true', 'all'].map((text) => one(schema, text))).toEqual([1, true, 'all'])
    expect(one(schema, 'x')).toBe('no: must be an integer, true or false or "all"')
    expect(one(t.Union([t.String(), t.Integer()]), '1')).toBe('1')
  })

  test('dates and bigints by their codecs', () => {
    expect(one(t.Date(), '2026-01-31T10:30:00+01:00')).toEqual(new Date('2026-01-31T09:30:00Z'))
    expect(one(t.BigInt(), '9007199254740993')).toBe(9007199254740993n)
    expect(one(t.Date(), '2026-01-31')).toMatch(/^no: must be a date and time/)
  })

  test('what both parts of an intersection say', () => {
    const schema = t.Intersect([t.Object({ a: t.Integer() }), t.Object({ b: t.Boolean(), c: t.Optional(t.Date()) })])
    expect(judge(schema, { a: '1', b: 'true', x: 'y' })).toEqual({ a: 1, b: true })
    expect(judge(schema, { a: '1', b: 'true', c: '1970-01-01T00:00:00Z' })).toEqual({ a: 1, b: true, c: new Date(0) })
  })
})

describe('repeated names', () => {
  test('make arrays, and one value an array of one', () => {
    const schema = t.Object({
      tag: t.Array(t.Integer()),
      name: t.Optional(t.Array(t.String())),
      pair: t.Optional(t.Tuple([t.Integer(), t.String()])),
    })
    expect(judge(schema, { tag: '1' })).toEqual({ tag: [1] })
    expect(judge(schema, { tag: ['1', '2'], name: 'a', pair: ['1', '2'] })).toEqual({ tag: [1, 2], name: ['a'], pair: [1, '2'] })
    expect(judge(schema, { tag: ['1', 'x'] })).toEqual({ '/tag/1': 'must be an integer' })
    expect(judge(schema, {})).toEqual({ '/tag': 'is required' })
  })

  test('stay one text where an array or a text is declared, and are split at commas in headers alone', () => {
    const either = t.Object({ a: unsafe({ type: ['array', 'string'], items: { type: 'string' } }) })
    expect(judge(either, { a: 'x' })).toEqual({ a: 'x' })
    expect(judge(either, { a: ['x', 'y'] })).toEqual({ a: ['x', 'y'] })
    const list = t.Object({ a: t.Array(t.String()) })
    expect(judge(list, { a: 'x,y' })).toEqual({ a: ['x,y'] })
    expect(judge(list, { a: 'x,y' }, 'headers')).toEqual({ a: ['x', 'y'] })
    expect(judge(list, { a: ['x,z', 'y'] }, 'headers')).toEqual({ a: ['x,z', 'y'] })
  })

  test('are refused for a single value, never the last taken', () => {
    const schema = t.Object({
      s: t.String(),
      n: t.Integer(),
      b: t.Boolean(),
      l: t.Literal(1),
      u: t.Union([t.Integer(), t.Null()]),
      e: t.Enum(['a']),
    })
    const twice = Object.fromEntries(['s', 'n', 'b', 'l', 'u', 'e'].map((name) => [name, ['1', '1']]))
    expect(judge(schema, twice)).toEqual({
      '/s': 'must be given only once',
      '/n': 'must be given only once',
      '/b': 'must be given only once',
      '/l': 'must be given only once',
      '/u': 'must be given only once',
      '/e': 'must be given only once',
    })
  })
})

describe('places', () => {
  test('a JSON body keeps its types', () => {
    const schema = t.Object({ n: t.Integer(), list: t.Optional(t.Array(t.Integer())) })
    expect(judge(schema, { n: '1' }, 'body')).toEqual({ '/n': 'must be an integer' })
    expect(judge(schema, { n: 1, list: 1 }, 'body')).toEqual({ '/list': 'must be an array' })
    expect(judge(schema, { n: [1, 2] }, 'body')).toEqual({ '/n': 'must be an integer' })
  })

  test('a form is coerced, a checked box is true', () => {
    const schema = t.Object({ n: t.Integer(), agree: t.Boolean(), tags: t.Array(t.String()) })
    expect(judge(schema, { n: '1', agree: 'on', tags: 'a' }, 'body', true)).toEqual({ n: 1, agree: true, tags: ['a'] })
    expect(judge(schema, { n: ['1', '2'], agree: 'x', tags: [] }, 'body', true)).toEqual({
      '/n': 'must be given only once',
      '/agree': 'must be true or false',
    })
  })

  test('headers are found whatever the case of their declaration, and lists are split', () => {
    const schema = t.Object({ 'X-Tenant': t.String(), 'X-Ids': t.Optional(t.Array(t.Integer())) }, { additionalProperties: false })
    expect(judge(schema, { 'x-tenant': 'acme', 'x-ids': '1, 2,,3', accept: '*/*' }, 'headers')).toEqual({
      'X-Tenant': 'acme',
      'X-Ids': [1, 2, 3],
    })
    expect(judge(schema, {}, 'headers')).toEqual({ '/X-Tenant': 'is required' })
  })

  test('cookies may have company, a strict query may not', () => {
    const strict = t.Object({ a: t.Optional(t.String()) }, { additionalProperties: false })
    expect(judge(strict, { a: 'x', _ga: '1' }, 'cookies')).toEqual({ a: 'x' })
    expect(judge(strict, { a: 'x', utm: '1' }, 'query')).toEqual({ '/utm': 'is not allowed' })
    expect(judge(t.Object({ a: t.String() }), { a: 'x', utm: '1' }, 'query')).toEqual({ a: 'x' })
  })

  test('a record takes any name but the one that would set a prototype', () => {
    const query = Object.assign(Object.create(null) as object, { a: '1', b: '2' })
    expect(judge(t.Record(t.String(), t.Integer()), query)).toEqual({ a: 1, b: 2 })
    Object.defineProperty(query, '__proto__', { value: '3', enumerable: true })
    expect(judge(t.Record(t.String(), t.Integer()), query)).toEqual({ '/__proto__': 'is a name that is not allowed' })
    expect(judge(t.Object({}, { additionalProperties: true }), { a: '1' })).toEqual({ a: '1' })
  })

  test('an object without declared fields says by one schema what all of them are', () => {
    expect(judge(unsafe({ type: 'object', additionalProperties: { type: 'integer' } }), { a: '1' })).toEqual({ a: 1 })
    expect(judge(unsafe({ type: 'object', additionalProperties: false }), { a: '1' })).toEqual({ '/a': 'is not allowed' })
  })

  test('a schema that is known by name is read as where it stands', () => {
    expect(judge(t.Cyclic({ Node: t.Object({ n: t.Integer() }) }, 'Node'), { n: '1' })).toEqual({ n: 1 })
  })

  test('what every object inherits is not a field that was sent', () => {
    expect(judge(t.Object({ constructor: t.Optional(t.String()) }), { constructor: 'x' })).toEqual({ constructor: 'x' })
    expect(judge(t.Object({ constructor: t.Optional(t.Unknown()) }), {})).toEqual({})
    expect(judge(t.Object({ constructor: t.Optional(t.Unknown()) }), {}, 'body')).toEqual({})
  })
})

describe('defaults', () => {
  const Options = t.Object({
    limit: t.Integer({ default: 20 }),
    nested: t.Object({ list: t.Array(t.Integer(), { default: [1] }) }, { default: {} }),
  })

  test('fill in what was not sent, also deep inside', () => {
    expect(judge(t.Object({ limit: t.Integer({ default: 20 }) }), {})).toEqual({ limit: 20 })
    expect(judge(Options, { nested: {} }, 'body')).toEqual({ limit: 20, nested: { list: [1] } })
    expect(judge(t.Array(t.Object({ a: t.Integer({ default: 1 }) })), [{}], 'body')).toEqual([{ a: 1 }])
    expect(judge(t.Record(t.String(), t.Object({ a: t.Integer({ default: 1 }) })), { x: {} }, 'body')).toEqual({ x: { a: 1 } })
    expect(judge(t.Union([t.Object({ a: t.Integer({ default: 1 }) }), t.Null()]), {}, 'body')).toEqual({ a: 1 })
  })

  test('fill in items of tuples, and what is known by name', () => {
    const Filled = t.Object({ a: t.Integer({ default: 1 }) })
    expect(judge(t.Tuple([Filled, t.String()]), [{}, 'x'], 'body')).toEqual([{ a: 1 }, 'x'])
    const named = unsafe({ type: 'object', properties: { a: { $ref: '#/$defs/Id' } }, $defs: { Id: { type: 'integer', default: 5 } } })
    expect(judge(named, {}, 'body')).toEqual({ a: 5 })
  })

  test.each([null, 'text', 5, []])('are not put into %j, which is no object', (value) => {
    expect(judge(t.Object({ a: t.Integer({ default: 1 }) }), value, 'body')).toEqual({ '': 'must be an object' })
  })

  test.each([{}, 'a,b', 5])('do not make a list of %j', (list) => {
    const schema = t.Object({ list: t.Array(t.Object({ a: t.Integer({ default: 1 }) })) })
    expect(judge(schema, { list }, 'body')).toEqual({ '/list': 'must be an array' })
  })

  test('are new each time', () => {
    const schema = t.Object({ list: t.Array(t.Integer(), { default: [1] }) })
    const first = judge(schema, {}, 'body') as { list: number[] }
    first.list.push(2)
    expect(judge(schema, {}, 'body')).toEqual({ list: [1] })
  })

  test('do not excuse a wrong value', () => {
    expect(judge(Options, { limit: null, nested: {} }, 'body')).toEqual({ '/limit': 'must be an integer' })
  })
})
