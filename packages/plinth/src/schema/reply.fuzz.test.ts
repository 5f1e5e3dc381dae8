import fc from 'fast-check'
import { expect, test } from 'vitest'
import { inputCheck, replyEncoder, ReplyMismatch } from './index.ts'
import * as t from './t.ts'
import engine from './typebox.ts'
import type { Schema } from './types.ts'

test('whatever the schema and the value: what leaves is valid, and nothing undeclared is in it', () => {
  const { schema } = fc.letrec<{ schema: t.TSchema }>((tie) => ({
    schema: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      fc.constantFrom<t.TSchema>(t.String(), t.Integer(), t.Null(), t.Date(), t.BigInt(), t.Literal('a'), t.Literal('b')),
      tie('schema').map((items) => t.Array(items)),
      fc.tuple(tie('schema'), tie('schema')).map(([a, b]) => t.Object({ a, b: t.Optional(b) })),
      tie('schema').map((a) => t.Object({ a })),
      fc.tuple(tie('schema'), tie('schema')).map((branches) => t.Union(branches)),
      fc.tuple(tie('schema'), tie('schema')).map(([a, b]) => t.Intersect([t.Object({ a }), t.Object({ b })])),
    ),
  }))
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom<unknown>('a', 'b', 1, 0.5, null, new Date(0), 7n),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.record({ a: tie('value'), b: tie('value') }, { requiredKeys: [] }).map((fields) => ({ ...fields, hidden: 'LEAK' })),
    ),
  }))
  let encoded = 0
  fc.assert(
    fc.property(schema, value, (one, it) => {
      let text: string
      try {
        text = replyEncoder(one as unknown as Schema).encode(it)
      } catch (error) {
        expect(error).toBeInstanceOf(ReplyMismatch)
        expect((error as ReplyMismatch).issues.length).toBeGreaterThan(0)
        return
      }
      encoded++
      expect(text).not.toContain('LEAK')
      expect(engine.Compile(one).Check(JSON.parse(text))).toBe(true)
      // What was sent is received again, and sent again the same.
      const received = inputCheck(one as unknown as Schema, 'body').check(JSON.parse(text))
      expect(received).toMatchObject({ ok: true })
      if (!(received instanceof Promise) && received.ok) expect(replyEncoder(one as unknown as Schema).encode(received.value)).toBe(text)
    }),
    { numRuns: 1_500 },
  )
  // Of a hundred random values about four fit their schema.
  expect(encoded).toBeGreaterThan(20)
})
