import { toStandardJsonSchema } from '@valibot/to-json-schema'
import { type } from 'arktype'
import * as v from 'valibot'
import { expect, test } from 'vitest'
import { z } from 'zod'
import type { FormFile } from '../http/form-file.ts'
import type { Input, Output, Received, Returned, Schema } from './index.ts'
import { inputCheck, t } from './index.ts'

type Equal<A, B> = (<X>() => X extends A ? 1 : 2) extends <X>() => X extends B ? 1 : 2 ? true : false
/** Compiles only where the two types are the same. */
function same<A, B>(ok: Equal<A, B>): void {
  void ok
}

const Box = t.Object({
  id: t.Integer(),
  at: t.Date(),
  day: t.PlainDate(),
  big: t.Optional(t.BigInt()),
  price: t.Decimal(),
  bytes: t.Bytes(),
  role: t.Union([t.Literal('admin'), t.Null()]),
})
interface BoxWire {
  id: number
  at: string
  day: string
  big?: string
  price: string
  bytes: string
  role: 'admin' | null
}
interface BoxValue {
  id: number
  at: Date
  day: string
  big?: bigint
  price: string
  bytes: Uint8Array
  role: 'admin' | null
}

test('a schema made with t: the handler has values, the client has the wire', () => {
  same<Output<typeof Box>, { [K in keyof BoxValue]: BoxValue[K] }>(true)
  same<Returned<typeof Box>, { [K in keyof BoxValue]: BoxValue[K] }>(true)
  same<Input<typeof Box>, { [K in keyof BoxWire]: BoxWire[K] }>(true)
  same<Received<typeof Box>, { [K in keyof BoxWire]: BoxWire[K] }>(true)
  // @ts-expect-error the wire form of a date is no Date
  same<Output<typeof Box>['at'], string>(true)
  const form = t.Object({ file: t.File(), more: t.Array(t.File()) })
  same<Output<typeof form>, { file: FormFile; more: FormFile[] }>(true)
  same<Input<typeof form>, { file: Blob; more: Blob[] }>(true)
  expect(Box.properties.at).toMatchObject({ format: 'date-time' })
})

test('Zod: what goes in and what comes out are its own', () => {
  const schema = z.object({ n: z.coerce.number(), d: z.string().default('x'), at: z.date() })
  same<Output<typeof schema>, { n: number; d: string; at: Date }>(true)
  same<Input<typeof schema>['d'], string | undefined>(true)
  same<Returned<typeof schema>['d'], string | undefined>(true)
  same<Received<typeof schema>, { n: number; d: string; at: string }>(true)
  expect(inputCheck(schema, 'query').json).toBeDefined()
})

test('Valibot and ArkType', () => {
  const valibot = toStandardJsonSchema(v.object({ n: v.number(), at: v.date(), d: v.optional(v.string(), 'x') }))
  same<Output<typeof valibot>, { n: number; at: Date; d: string }>(true)
  same<Received<typeof valibot>, { n: number; at: string; d: string }>(true)
  same<Returned<typeof valibot>['d'], string | undefined>(true)
  const ark = type({ n: 'number', at: 'Date', 'o?': 'string' })
  same<Output<typeof ark>, { n: number; at: Date; o?: string }>(true)
  same<Received<typeof ark>, { n: number; at: string; o?: string }>(true)
  expect([valibot, ark].map((schema) => inputCheck(schema, 'query').json)).not.toContain(undefined)
})

test('only schemas are schemas', () => {
  const schemas: Schema[] = [Box, z.string(), v.string(), type('string')]
  // @ts-expect-error TypeBox's own TSchema would accept this
  schemas.push({ type: 'string' })
  // @ts-expect-error a word is no schema
  schemas.push('string')
  expect(schemas).toHaveLength(6)
})

test('a schema inside a generic function keeps its types', () => {
  function paged<S extends t.TSchema>(item: S): t.TObject<{ items: t.TArray<S>; total: t.TInteger }> {
    return t.Object({ items: t.Array(item), total: t.Integer() })
  }
  const page = paged(t.Object({ at: t.Date() }))
  same<Output<typeof page>, { items: { at: Date }[]; total: number }>(true)
  expect(page.type).toBe('object')
})
