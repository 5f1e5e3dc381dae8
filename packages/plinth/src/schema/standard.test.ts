import type { StandardJSONSchemaV1, StandardSchemaV1 } from '@standard-schema/spec'
import { toStandardJsonSchema } from '@valibot/to-json-schema'
import { type } from 'arktype'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { Location } from './contract.ts'
import { inputCheck, replyEncoder, ReplyMismatch, SchemaError } from './index.ts'
import type { Schema } from './types.ts'

function judge(schema: Schema, value: unknown, location: Location = 'body', form = false): unknown {
  const checked = inputCheck(schema, location, { form }).check(value)
  if (checked instanceof Promise) throw new Error('not expected to wait')
  return checked.ok ? checked.value : Object.fromEntries(checked.issues.map((issue) => [issue.pointer, issue.message]))
}

/** A library that nobody knows, as small as the interface allows. */
function homemade(validate: StandardSchemaV1.Props['validate'], json?: () => Record<string, unknown>): StandardSchemaV1 {
  const props: StandardSchemaV1.Props & Partial<StandardJSONSchemaV1.Props> = {
    version: 1,
    vendor: 'homemade',
    validate,
    ...(json && { jsonSchema: { input: json, output: json } }),
  }
  return { '~standard': props }
}

describe.each<[string, Schema]>([
  ['zod', z.object({ n: z.number().int(), email: z.email(), tags: z.array(z.string()), on: z.boolean().optional() })],
  [
    'valibot',
    toStandardJsonSchema(
      v.object({
        n: v.pipe(v.number(), v.integer()),
        email: v.pipe(v.string(), v.email()),
        tags: v.array(v.string()),
        on: v.optional(v.boolean()),
      }),
    ),
  ],
  ['arktype', type({ n: 'number.integer', email: 'string.email', tags: 'string[]', 'on?': 'boolean' })],
])('%s', (_vendor, schema) => {
  const good = { n: 1, email: 'ada@example.com', tags: ['a'] }

  test('takes a good body', () => {
    expect(judge(schema, good)).toEqual(good)
  })

  test('gives every issue of a bad one in our words, without the values', () => {
    expect(judge(schema, { n: 'zzzz', email: 'yyyy', on: true })).toEqual({
      '/n': expect.stringMatching(/^must be an integer$/),
      '/email': 'must be an email address',
      '/tags': 'is required',
    })
    expect(judge(schema, null)).toEqual({ '': 'must be an object' })
  })

  test('is coerced in a query as its JSON Schema says', () => {
    expect(judge(schema, { n: '1', email: 'ada@example.com', tags: 'a', on: '0' }, 'query')).toEqual({ ...good, on: false })
    expect(judge(schema, { n: ['1', '2'], email: 'ada@example.com', tags: 'a' }, 'query')).toEqual({ '/n': 'must be given only once' })
    expect(judge(schema, { n: '', email: ['ada@example.com', 'x'], tags: ['a', 'b'] }, 'query')).toEqual({
      '/n': 'must be an integer',
      '/email': 'must be given only once',
    })
    expect(judge(schema, { n: '1', email: 'ada@example.com', tags: 'a', on: 'on' }, 'body', true)).toEqual({ ...good, on: true })
  })

  test('strips its replies', () => {
    expect(JSON.parse(replyEncoder(schema).encode({ ...good, hash: 'x' }))).toEqual(good)
    expect(() => replyEncoder(schema).encode({ ...good, n: 'zzzz' })).toThrow(ReplyMismatch)
    expect(() => replyEncoder(schema).encode({ ...good, n: 'zzzz' })).toThrow('/n must be an integer')
  })
})

describe('input', () => {
  test('z.coerce works in a query, and does not make a number of nothing', () => {
    const schema = z.object({ n: z.coerce.number(), at: z.coerce.date().optional() })
    expect(judge(schema, { n: '4', at: '2026-01-31T00:00:00Z' }, 'query')).toEqual({ n: 4, at: new Date('2026-01-31T00:00:00Z') })
    expect(judge(schema, { n: '' }, 'query')).toEqual({ '/n': 'must be a number' })
    expect(judge(z.object({ e: z.enum(['a', 'b']), l: z.literal(1) }), { e: ['a', 'b'], l: ['1', '1'] }, 'query')).toEqual({
      '/e': 'must be given only once',
      '/l': 'must be given only once',
    })
    expect(judge(z.object({ s: z.coerce.string() }), { s: ['a', 'b'] }, 'query')).toEqual({ '/s': 'must be given only once' })
  })

  test('a strict schema sees what else was sent in a query, but not among headers', () => {
    const strict = z.strictObject({ A: z.string() })
    expect(judge(strict, { A: 'x', b: 'y' }, 'query')).toEqual({ '/b': 'is not allowed' })
    expect(judge(strict, { a: 'x', accept: '*/*' }, 'headers')).toEqual({ A: 'x' })
    expect(judge(strict, { A: 'x', _ga: '1' }, 'cookies')).toEqual({ A: 'x' })
  })

  test('defaults and transforms are the library’s', () => {
    const schema = z.object({ limit: z.number().default(20), s: z.string().transform((text) => text.length) })
    expect(judge(schema, { s: 'abc' }, 'query')).toEqual({ limit: 20, s: 3 })
  })

  test('a union is explained by the branch that was meant', () => {
    const schema = z.discriminatedUnion('type', [z.object({ type: z.literal('a'), n: z.number() }), z.object({ type: z.literal('b') })])
    expect(judge(schema, { type: 'a', n: 'zzzz' })).toEqual({ '/n': 'must be a number' })
    expect(judge(schema, { type: 'c' })).toEqual({ '/type': 'must be "a" or "b"' })
  })

  test('a secret is neither repeated nor described', () => {
    const secret = z.object({
      p: z
        .string()
        .regex(/sesame/)
        .meta({ secret: true }),
      list: z.array(
        z
          .string()
          .meta({ 'x-secret': true })
          .refine((s) => s === 'q', 'is not the key q'),
      ),
    })
    expect(judge(secret, { p: 'open', list: ['k'] })).toEqual({ '/p': 'is not valid', '/list/0': 'is not valid' })
  })

  test('an asynchronous schema is awaited', async () => {
    const schema = z.object({ name: z.string().refine(async (name) => name !== 'ada', 'is used already') })
    expect(inputCheck(schema, 'body').check({ name: 'bob' })).toBeInstanceOf(Promise)
    expect(await inputCheck(schema, 'body').check({ name: 'bob' })).toEqual({ ok: true, value: { name: 'bob' } })
    expect(await inputCheck(schema, 'body').check({ name: 'ada' })).toEqual({
      ok: false,
      issues: [{ location: 'body', pointer: '/name', message: 'is used already' }],
    })
  })
})

describe('messages of others', () => {
  const said = (message: string, value: unknown, path: readonly (PropertyKey | { key: PropertyKey })[] = ['a']): unknown =>
    judge(
      homemade(() => ({ issues: [{ message, path }] })),
      { a: value },
    )

  test('are shown unless they repeat the value or say nothing', () => {
    expect(said('must be lucky', 13)).toEqual({ '/a': 'must be lucky' })
    expect(said('13 is not lucky', 13)).toEqual({ '/a': 'is not valid' })
    expect(said('', 13)).toEqual({ '/a': 'is not valid' })
    expect(said('expected it', undefined)).toEqual({ '/a': 'is required' })
    expect(said('deep', { b: [1] }, ['a', { key: 'b' }, 0])).toEqual({ '/a/b/0': 'deep' })
    expect(said('nowhere', 1, ['a', 'b'])).toEqual({ '/a/b': 'is required' })
    expect(
      judge(
        homemade(() => ({ issues: [{ message: 'all wrong' }] })),
        {},
      ),
    ).toEqual({ '': 'all wrong' })
  })

  test('of ArkType leave out what it was given', () => {
    const schema = type({ a: type('string').narrow((text, ctx) => text === 'x' || ctx.reject({ expected: 'the letter x', actual: text })) })
    expect(judge(schema, { a: 'my-secret' })).toEqual({ '/a': 'must be the letter x' })
    const loud = type({ a: type('string').narrow((text, ctx) => ctx.reject({ expected: `better than ${text}` })) })
    expect(judge(loud, { a: 'my-secret' })).toEqual({ '/a': 'is not valid' })
  })

  test('of Valibot lose what they received', () => {
    const schema = v.object({
      a: v.pipe(
        v.string(),
        v.check((text) => text === 'x'),
      ),
      b: v.pipe(
        v.string(),
        v.check((text) => text === 'x', 'must be x'),
      ),
    })
    expect(judge(schema, { a: 'my-secret', b: 'q' })).toEqual({ '/a': 'is not valid', '/b': 'must be x' })
  })

  test('are at most a hundred', () => {
    const schema = z.array(z.string())
    const checked = inputCheck(schema, 'body').check(Array.from({ length: 5_000 }, () => 1))
    expect(checked).toMatchObject({ ok: false, issues: { length: 100 } })
    const mute = homemade(() => ({ issues: Array.from({ length: 500 }, (_, index) => ({ message: 'no', path: [index] })) }))
    expect(inputCheck(mute, 'body').check([])).toMatchObject({ ok: false, issues: { length: 100 } })
  })
})

describe('a schema without a JSON Schema', () => {
  const bare = homemade((value) => ({ value }))
  const broken = homemade(
    (value) => ({ value }),
    () => {
      throw new Error('Date cannot be represented')
    },
  )

  test.each([bare, broken])('validates what comes as it comes', (schema) => {
    expect(judge(schema, { n: '1' }, 'query')).toEqual({ n: '1' })
    expect(inputCheck(schema, 'query').json).toBeUndefined()
  })

  test('is refused as a reply', () => {
    expect(() => replyEncoder(bare)).toThrow(SchemaError)
    expect(() => replyEncoder(bare)).toThrow(
      "gives no JSON Schema, so it can't strip undeclared fields. Use a schema with Standard JSON Schema",
    )
    expect(() => replyEncoder(broken)).toThrow("can't strip undeclared fields: Date cannot be represented")
    expect(() => replyEncoder(v.object({ a: v.string() }))).toThrow('Wrap it with toStandardJsonSchema')
    expect(() => replyEncoder(toStandardJsonSchema(v.object({ a: v.map(v.string(), v.string()) })))).toThrow(SchemaError)
    for (const part of ['Map', 'symbol'] as const)
      expect(() => replyEncoder(type({ a: part }))).toThrow('ArkType has no JSON Schema for a part of it')
    expect(judge(type({ a: 'Map' }), { a: 1 })).toEqual({ '/a': 'must be a Map' })
  })

  test.each([
    z.object({ a: z.string().transform((text) => ({ text, hash: text })) }),
    z.object({ a: z.map(z.string(), z.string()) }),
    z.custom<string>(),
    z.set(z.string()),
    z.symbol(),
    z.undefined(),
    z.void(),
    z.promise(z.string()),
    z.nan(),
  ])('even where only a part of it has none', (schema) => {
    expect(() => replyEncoder(schema)).toThrow(/has no JSON Schema\. End a transform with \.pipe/)
  })
})

describe('replies', () => {
  test('carry dates and bigints in their wire form', () => {
    const at = new Date(0)
    const wire = { at: '1970-01-01T00:00:00.000Z', big: '12' }
    expect(replyEncoder(z.object({ at: z.date(), big: z.bigint() })).plain({ at, big: 12n })).toEqual(wire)
    expect(replyEncoder(toStandardJsonSchema(v.object({ at: v.date(), big: v.bigint() }))).plain({ at, big: 12n })).toEqual(wire)
    expect(replyEncoder(type({ at: 'Date', big: 'bigint' })).plain({ at, big: 12n })).toEqual(wire)
    expect(replyEncoder(type({ at: type('string').narrow((text) => text !== '') })).plain({ at: 'x', b: 1 })).toEqual({ at: 'x' })
  })

  test('are stripped in arrays, records, unions and recursion, even where the library keeps all', () => {
    const inner = type({ a: 'string' })
    const schema = type({ list: inner.array(), 'either?': type({ kind: '"x"', x: 'number' }).or({ kind: '"y"', y: 'number' }) })
    expect(replyEncoder(schema).plain({ list: [{ a: 'x', b: 1 }], either: { kind: 'y', y: 1, x: 2 }, c: 1 })).toEqual({
      list: [{ a: 'x' }],
      either: { kind: 'y', y: 1 },
    })
    const Tree = z.object({
      id: z.number(),
      get below() {
        return z.array(Tree)
      },
    })
    expect(replyEncoder(Tree).plain({ id: 1, below: [{ id: 2, below: [], x: 1 }], x: 1 })).toEqual({ id: 1, below: [{ id: 2, below: [] }] })
    expect(replyEncoder(z.record(z.string(), z.object({ a: z.number() }))).plain({ r: { a: 1, b: 2 } })).toEqual({ r: { a: 1 } })
  })

  test('emit what the schema puts out, not what the handler gave', () => {
    const schema = z.object({ n: z.string().transform(Number).pipe(z.number()), d: z.string().default('x') })
    expect(replyEncoder(schema).encode({ n: '5' })).toBe('{"n":5,"d":"x"}')
  })

  test('have no numbers that JSON would make null', () => {
    const schema = toStandardJsonSchema(v.object({ n: v.number() }))
    expect(() => replyEncoder(schema).encode({ n: Number.POSITIVE_INFINITY })).toThrow('/n must be a number')
    const whole = homemade(
      (value) => ({ value }),
      () => ({ type: 'object', properties: { n: { type: ['integer', 'null'] } } }),
    )
    expect(() => replyEncoder(whole).encode({ n: Number.NaN })).toThrow('/n must be an integer or null')
  })

  test('of scalars pass as they are', () => {
    expect(replyEncoder(z.string()).encode('x')).toBe('"x"')
  })

  test('cannot wait', () => {
    const schema = homemade(
      () => Promise.reject(new Error('late')),
      () => ({ type: 'object', properties: {} }),
    )
    expect(() => replyEncoder(schema).encode({})).toThrow(SchemaError)
    expect(() => replyEncoder(schema).encode({})).toThrow('validates asynchronously')
  })
})
