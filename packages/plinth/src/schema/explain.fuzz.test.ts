import fc from 'fast-check'
import { expect, test } from 'vitest'
import { allows } from './explain.ts'
import { shapeOf, type Raw } from './shape.ts'
import * as t from './t.ts'
import engine from './typebox.ts'

test('an explanation agrees with the compiled check', () => {
  const scalar = fc.oneof(
    fc.constant(t.String()),
    fc.record({ minLength: fc.nat(3), maxLength: fc.nat(5) }).map((options) => t.String(options)),
    fc.constantFrom('email', 'uuid', 'date').map((format) => t.String({ format })),
    fc.constant(t.Number()),
    fc
      .record({ minimum: fc.integer({ min: -3, max: 0 }), exclusiveMaximum: fc.integer({ min: 0, max: 4 }) })
      .map((options) => t.Integer(options)),
    fc.constantFrom(0.1, 2, 3).map((multipleOf) => t.Number({ multipleOf })),
    fc.constant(t.Boolean()),
    fc.constant(t.Null()),
    fc.constantFrom('a', 1, true).map((value) => t.Literal(value)),
    fc.constant(t.Enum(['a', 'b', 1])),
    fc.constant(t.Unknown()),
    fc.constant(t.Never()),
  )
  const { schema } = fc.letrec<{ schema: t.TSchema }>((tie) => ({
    schema: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      scalar,
      fc
        .record({ items: tie('schema'), uniqueItems: fc.boolean(), maxItems: fc.nat(4) })
        .map(({ items, ...options }) => t.Array(items, options)),
      fc.tuple(tie('schema'), tie('schema')).map((items) => t.Tuple(items)),
      fc
        .tuple(tie('schema'), tie('schema'), fc.constantFrom(undefined, false, true))
        .map(([a, b, additionalProperties]) =>
          t.Object({ a, b: t.Optional(b) }, additionalProperties === undefined ? {} : { additionalProperties }),
        ),
      tie('schema').map((value) => t.Record(t.String(), value)),
      fc.tuple(tie('schema'), tie('schema')).map((branches) => t.Union(branches)),
      fc.tuple(tie('schema'), tie('schema')).map((parts) => t.Intersect(parts)),
      fc.tuple(tie('schema'), tie('schema')).map((oneOf) => t.Unsafe({ oneOf })),
    ),
  }))
  const value = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom('', 'a', 'b', 'abc', '😀', 'a@b.example', '2026-01-31', 0, 1, 2, -1, 0.3, 1.5, true, false, null),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('value')),
    ),
  })).value
  fc.assert(
    fc.property(schema, value, (one, it) => {
      const raw = one as unknown as Raw
      expect(allows(shapeOf(raw, true), it)).toBe(engine.Compile(one).Check(it))
    }),
    { numRuns: 1_000 },
  )
})
