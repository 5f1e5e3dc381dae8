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

test('a field with a default may be left out by the client, and the handler has it', () => {
  const Page = t.Object({
    limit: t.Integer({ default: 20, minimum: 1 }),
    sort: t.Union([t.Literal('asc'), t.Literal('desc')], { default: 'asc' }),
    since: t.Date({ default: '2026-01-01T00:00:00Z' }),
    tags: t.Array(t.String(), { default: [] }),
    nothing: t.Union([t.String(), t.Null()], { default: null }),
    filter: t.Object({ draft: t.Boolean({ default: false }), author: t.String() }),
    list: t.Array(t.Object({ n: t.Number({ default: 1 }) })),
    kind: t.Enum(['a', 'b'], { default: 'a' }),
    more: t.Optional(t.String({ default: 'x' })),
    title: t.String({ minLength: 1 }),
  })
  same<
    Input<typeof Page>,
    {
      title: string
      filter: { author: string; draft?: boolean }
      list: { n?: number }[]
      limit?: number
      sort?: 'asc' | 'desc'
      since?: string
      tags?: string[]
      nothing?: string | null
      kind?: 'a' | 'b'
      more?: string
    }
  >(true)
  type Handled = Output<typeof Page>
  same<Handled['limit'], number>(true)
  same<Handled['since'], Date>(true)
  same<Handled['filter'], { draft: boolean; author: string }>(true)
  same<Handled['list'], { n: number }[]>(true)
  same<Handled['kind'], 'a' | 'b'>(true)
  // A reply always has them too: what is answered for one is checked, and read as it was declared.
  same<Received<typeof Page>['limit'], number>(true)
  same<Returned<typeof Page>['limit'], number>(true)
  const read = inputCheck(t.Object({ limit: t.Integer({ default: 20 }), at: t.Date({ default: '2026-01-01T00:00:00Z' }) }), 'query').check(
    {},
  )
  expect(read).toEqual({ ok: true, value: { limit: 20, at: new Date('2026-01-01T00:00:00Z') } })
  // @ts-expect-error a misspelt type of a limit is still an error
  t.String({ minLength: 'one' })
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
