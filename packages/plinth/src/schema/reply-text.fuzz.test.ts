import fc from 'fast-check'
import { expect, test } from 'vitest'
import { replyEncoder, ReplyMismatch } from './index.ts'
import { shapeOf } from './shape.ts'
import * as t from './t.ts'
import { NOWHERE, ROOM, writeNumber, writesHere, written } from './text-bytes.ts'
import { textWriter } from './text-writer.ts'
import type { Schema } from './types.ts'

type Options = { readonly [keyword: string]: unknown }

interface Case {
  readonly schema: t.TSchema
  readonly value: fc.Arbitrary<unknown>
}

const text = fc.oneof(
  fc.string({ maxLength: 90 }),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.string({
    unit: fc.constantFrom('a', '"', '\\', '\n', '\u0000', '\u007f', 'é', 'ÿ', 'Ā', '\u2028', '\ud83d', '\ude00'),
    maxLength: 300,
  }),
)
const number = fc.oneof(
  fc.double(),
  fc.double({ min: -1e7, max: 1e7 }),
  fc.integer(),
  fc.tuple(fc.integer(), fc.constantFrom(10, 100, 1000, 1e5)).map(([digits, by]) => digits / by),
  fc.constantFrom(0, -0, 9, 10, 999_999_999, 1e9, 2 ** 53, 1e21, 5e-324, NaN, -Infinity),
)
const day = fc.oneof(fc.date({ noInvalidDate: false }), fc.constant('2026-01-31T09:30:00Z'))

const scalars: readonly Case[] = [
  { schema: t.String(), value: text },
  { schema: t.String({ minLength: 1, maxLength: 40 }), value: text },
  { schema: t.String({ pattern: '^[a-z"]*$' }), value: fc.oneof(text, fc.string({ unit: fc.constantFrom('a', '"') })) },
  { schema: t.String({ format: 'email' }), value: fc.oneof(text, fc.emailAddress()) },
  { schema: t.String({ format: 'date-time' }), value: fc.oneof(text, day) },
  {
    schema: t.Refine(
      t.String(),
      (it) => it.length % 2 === 0,
      () => 'must be even',
    ),
    value: text,
  },
  { schema: t.Integer(), value: number },
  { schema: t.Integer({ minimum: 0, maximum: 100 }), value: fc.oneof(number, fc.integer({ min: -1, max: 101 })) },
  { schema: t.Number(), value: number },
  { schema: t.Number({ multipleOf: 0.5 }), value: number },
  { schema: t.Boolean(), value: fc.boolean() },
  { schema: t.Null(), value: fc.constant(null) },
  { schema: t.Literal('a"é'), value: fc.constantFrom('a"é', 'b') },
  { schema: t.Enum(['a', 'b']), value: fc.constantFrom('a', 'b', 'c') },
  { schema: t.Union([t.String(), t.Null()]), value: fc.oneof(text, fc.constant(null)) },
  { schema: t.Date(), value: day },
  { schema: t.BigInt(), value: fc.oneof(fc.bigInt(), text) },
  { schema: t.Bytes(), value: fc.uint8Array({ maxLength: 30 }) },
  { schema: t.Unknown(), value: fc.oneof(text, number, fc.object({ maxDepth: 1 })) },
]
/** Whatever stands where something else is declared. */
const wrong = fc.constantFrom<unknown>(undefined, null, 'a', 1, 0.5, true, [], {}, new Date(0), 7n, Symbol('s'), new String('a'), [
  undefined,
])
const names = fc.constantFrom('a', 'b', 'c d', '"', 'é', 'Ā', '7', 'toString', 'constructor', 'x'.repeat(130))

function nested({ schema, value }: Case): fc.Arbitrary<Case> {
  const arrays = fc.constantFrom({}, { minItems: 1 }, { maxItems: 2 }, { uniqueItems: true })
  return arrays.map((limits) => ({ schema: t.Array(schema, limits), value: fc.array(value, { maxLength: 4 }) }))
}

function object(fields: readonly (readonly [string, Case, boolean])[], options: Options): Case {
  const declared = fields.map(([name, { schema }, optional]) => [name, optional ? t.Optional(schema) : schema] as const)
  const all = Object.fromEntries(
    fields.map(([name, { value }]) => [name, fc.oneof({ weight: 30, arbitrary: value }, { weight: 1, arbitrary: wrong })]),
  )
  const requiredKeys = fields.filter(([, , optional]) => !optional).map(([name]) => name)
  return {
    schema: t.Object(Object.fromEntries(declared), options),
    value: fc.record(all, { requiredKeys }).map((it) => ({ hidden: 'LEAK', ...it })),
  }
}

const { one } = fc.letrec<{ one: Case }>((tie) => {
  const fields = fc.uniqueArray(fc.tuple(names, tie('one'), fc.boolean()), { maxLength: 5, selector: ([name]) => name })
  const options = fc.constantFrom<Options>(
    {},
    {},
    {},
    { additionalProperties: false },
    { minProperties: 2 },
    { additionalProperties: { type: 'string' } },
  )
  const several = fc.array(tie('one'), { minLength: 1, maxLength: 3 })
  return {
    one: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom(...scalars),
      tie('one').chain(nested),
      fc.tuple(fields, options).map(([list, said]) => object(list, said)),
      several.map((cases) => ({ schema: t.Union(cases.map((it) => it.schema)), value: fc.oneof(...cases.map((it) => it.value)) })),
      fc.tuple(fields, fields).map(([left, right]) => {
        const [a, b] = [object(left, {}), object(right, {})]
        return { schema: t.Intersect([a.schema, b.schema]), value: fc.tuple(a.value, b.value).map(([x, y]) => Object.assign({}, x, y)) }
      }),
    ),
  }
})

test('what is judged and written in one go is what the long way makes, or is left to it', () => {
  let tried = 0
  let short = 0
  const pair = one.chain(({ schema, value }) => fc.tuple(fc.constant(schema), value))
  fc.assert(
    fc.property(pair, ([schema, value]) => {
      const writer = textWriter(shapeOf(schema as never, true), true)
      if (writer === undefined || !writesHere) return
      tried++
      const end = write(() => writer.write(value, 0))
      if (end === NOWHERE || end > ROOM) return
      short++
      expect(written(end)).toBe(long(schema, value))
    }),
    { numRuns: 1_500 },
  )
  if (writesHere) expect(short / tried).toBeGreaterThan(0.5)
})

function write(run: () => number): number {
  try {
    return run()
  } catch {
    return NOWHERE
  }
}

function long(schema: t.TSchema, value: unknown): string {
  try {
    return JSON.stringify(replyEncoder(schema as unknown as Schema).plain(value))
  } catch (error) {
    if (error instanceof ReplyMismatch) return error.message
    throw error
  }
}

test('a number is written as the engine writes it', () => {
  if (!writesHere) return
  const near = fc.tuple(
    fc.integer({ min: -2_000_000_000, max: 2_000_000_000 }),
    fc.constantFrom(1, 10, 100, 1000),
    fc.integer({ min: -2, max: 2 }),
  )
  fc.assert(
    fc.property(
      fc.oneof(
        number,
        near.map(([digits, by, steps]) => (digits / by) * (1 + steps * Number.EPSILON)),
      ),
      (value) => {
        if (!Number.isFinite(value)) return
        expect(written(writeNumber(value, 0))).toBe(JSON.stringify(value))
      },
    ),
    { numRuns: 20_000 },
  )
})
