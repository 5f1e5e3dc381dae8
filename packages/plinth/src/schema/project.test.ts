import fc from 'fast-check'
import { expect, test } from 'vitest'
import { inputCheck, replyEncoder } from './index.ts'
import * as t from './t.ts'
import type { Schema } from './types.ts'

const received = (schema: unknown, value: unknown): unknown => {
  const checked = inputCheck(schema as Schema, 'body').check(value)
  if (checked instanceof Promise || !checked.ok) throw new Error(JSON.stringify(checked))
  return checked.value
}

const Order = t.Object({ items: t.Array(t.Object({ sku: t.String(), at: t.Optional(t.Date()) })), note: t.Optional(t.String()) })

test('a body of which every field is declared is not copied', () => {
  const body = { items: [{ sku: 'a' }, { sku: 'b' }], note: 'x' }
  expect(received(Order, body)).toBe(body)
})

test('what has to change is changed in a copy: a codec, a field that nobody declared', () => {
  const body = { items: [{ sku: 'a' }, { sku: 'b', at: '2026-01-31T09:30:00Z' }, { sku: 'c', admin: true }], note: 'x', admin: true }
  const kept = structuredClone(body)
  const value = received(Order, body) as typeof body
  expect(value).toEqual({ items: [{ sku: 'a' }, { sku: 'b', at: new Date('2026-01-31T09:30:00Z') }, { sku: 'c' }], note: 'x' })
  expect(value.items[0]).toBe(body.items[0])
  expect(body).toEqual(kept)
})

test('a field may be called as something that every object inherits', () => {
  const schema = t.Object({ a: t.String(), toString: t.String() })
  const body = { a: 'x', toString: 'y' }
  expect(received(schema, body)).toBe(body)
  expect(received(schema, { ...body, b: 1 })).toEqual(body)
})

test('of an intersection every part has its say, also beside one that declares all', () => {
  const all = t.Object({ user: t.Object({ id: t.Integer(), name: t.String() }) })
  const some = t.Object({ user: t.Object({ id: t.Integer() }) })
  for (const parts of [
    [all, some],
    [some, all],
  ]) {
    expect(received(t.Intersect(parts), { user: { id: 1, name: 'a' } })).toEqual({ user: { id: 1, name: 'a' } })
    expect(received(t.Intersect(parts), { user: { id: 1, name: 'a', admin: true } })).toEqual({ user: { id: 1, name: 'a' } })
  }
})

interface Pair {
  readonly schema: t.TSchema
  /** The same with fields left out, at any depth: the value fits it too. */
  readonly looser: t.TSchema
  readonly value: unknown
}

test('whatever the schema: what is received of a value is what a reply would be', () => {
  const { pair } = fc.letrec<{ pair: Pair }>((tie) => ({
    pair: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom<Pair>(
        { schema: t.String(), looser: t.String(), value: 'x' },
        { schema: t.Integer(), looser: t.Number(), value: 7 },
        {
          schema: t.Union([t.Null(), t.Object({ a: t.String() })]),
          looser: t.Union([t.Null(), t.Object({})]),
          value: { a: 'x', hidden: 1 },
        },
      ),
      fc.array(tie('pair'), { minLength: 1, maxLength: 1 }).map(([one]): Pair => {
        const { schema, looser, value } = one as Pair
        return { schema: t.Array(schema), looser: t.Array(looser), value: [value, value] }
      }),
      fc.tuple(tie('pair'), tie('pair'), fc.boolean(), fc.boolean()).map(([a, b, dropped, hidden]): Pair => ({
        schema: t.Object({ a: a.schema, b: b.schema }),
        looser: t.Object({ a: a.looser, ...(dropped ? undefined : { b: b.looser }) }),
        value: { ...(hidden ? { hidden: 1 } : undefined), a: a.value, b: b.value },
      })),
      fc.tuple(tie('pair'), fc.boolean()).map(([{ schema, looser, value }, turned]): Pair => ({
        schema: t.Intersect(turned ? [looser, schema] : [schema, looser]),
        looser,
        value,
      })),
    ),
  }))
  fc.assert(
    fc.property(pair, ({ schema, value }) => {
      const before = structuredClone(value)
      expect(received(schema, value)).toEqual(replyEncoder(schema as unknown as Schema).plain(value))
      expect(value).toEqual(before)
    }),
    { numRuns: 1_000 },
  )
})
