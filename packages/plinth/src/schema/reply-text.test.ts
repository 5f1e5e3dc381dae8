import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { replyEncoder, ReplyMismatch } from './index.ts'
import * as t from './t.ts'
import { writesSlowly } from './text-bytes.ts'
import type { Schema } from './types.ts'

/** The text of a value, from where the short way is taken, and what the long way says of it. */
function encoded(schema: Schema, value: unknown): { readonly short: string; readonly long: string } {
  const encoder = replyEncoder(schema)
  for (let turn = 0; turn < 10; turn++) encoder.encode(value)
  return { short: encoder.encode(value), long: JSON.stringify(encoder.plain(value)) }
}

const Row = t.Object({ id: t.Integer(), title: t.String(), note: t.Optional(t.String()) })

describe('a reply that is often encoded is the same text', () => {
  test.each<[string, Schema, unknown]>([
    ['with undeclared fields', Row, { title: 'a', hash: 'secret', id: 1 }],
    ['with nothing in it', t.Object({ list: t.Array(Row), more: t.Object({}) }), { list: [], more: {} }],
    ['with what is escaped', Row, { id: 1, title: '"\\\n\u0000\u001f\u007f/é\ud800' }],
    ['with long texts', Row, { id: 1, title: 'x'.repeat(100), note: `${'y"'.repeat(50)}\n${'z'.repeat(300)}` }],
    ['in another script', Row, { id: 1, title: 'жук' }],
    ['that is too long for the short way', t.Array(Row), Array.from({ length: 3_000 }, (_, id) => ({ id, title: 'x'.repeat(30) }))],
    ['with one text that is too long', Row, { id: 1, title: 'x'.repeat(70_000) }],
    ['of many levels', t.Cyclic({ N: t.Object({ n: t.Array(t.Ref('N')) }) }, 'N') as unknown as Schema, deep(1_000)],
    ['with numbers of every form', t.Array(t.Number()), [0, -0, 7, 10, -1, 1.5, 999_999_999, 1e9, 2 ** 53, 1e21, 5e-324]],
    ['with names like numbers', t.Object({ b: t.Null(), 2: t.Null(), 1: t.Null() }), { b: null, 1: null, 2: null }],
    ['with names that objects inherit', t.Object({ toString: t.String(), valueOf: t.String() }), { toString: 'a', valueOf: 'b' }],
    [
      'of a Standard Schema',
      z.object({ id: z.number(), at: z.date(), s: z.string().max(3) }) as unknown as Schema,
      { id: 1, at: new Date(0), s: 'abc', x: 1 },
    ],
  ])('%s', (_name, schema, value) => {
    const { short, long } = encoded(schema, value)
    expect(short).toBe(long)
  })

  test('and what does not match is refused as before', () => {
    const encoder = replyEncoder(t.Array(Row))
    for (let turn = 0; turn < 12; turn++) {
      encoder.encode([{ id: 1, title: 'a' }])
      expect(() =>
        encoder.encode([
          { id: 1, title: 'a' },
          { id: 1.5, title: 'a' },
        ]),
      ).toThrow(ReplyMismatch)
      expect(() => encoder.encode([{ id: 1, title: 'a' }, { id: 2 }])).toThrow('/1/title is required')
    }
  })

  test('and a getter is not asked again for what is sent', () => {
    const encoder = replyEncoder(t.Object({ role: t.Union([t.Literal('user'), t.Literal('guest')]) }))
    for (let turn = 0; turn < 12; turn++) {
      let asked = 0
      const value = {
        get role() {
          return asked++ === 0 ? 'user' : 'root'
        },
      }
      expect(encoder.encode(value)).toBe('{"role":"user"}')
    }
  })

  test('and a reply that is encoded while another one is does not get into it', () => {
    const inner = replyEncoder(t.Object({ inner: t.String() }))
    const outer = replyEncoder(t.Object({ first: t.String(), second: t.String() }))
    for (let turn = 0; turn < 24; turn++) {
      const second = (): string => inner.encode({ inner: 'I' })
      const value = {
        first: 'F',
        get second() {
          return second()
        },
      }
      expect(outer.encode(value)).toBe('{"first":"F","second":"{\\"inner\\":\\"I\\"}"}')
      expect(inner.encode({ inner: 'J' })).toBe('{"inner":"J"}')
    }
  })

  test('and what a getter throws is thrown, with the next reply as it should be', () => {
    const encoder = replyEncoder(Row)
    const broken = {
      id: 1,
      get title(): string {
        throw new Error('no title')
      },
    }
    for (let turn = 0; turn < 24; turn++) {
      if (turn % 5 === 4) expect(() => encoder.encode(broken)).toThrow('no title')
      expect(encoder.encode({ id: 1, title: 'a' })).toBe('{"id":1,"title":"a"}')
    }
  })
})

function deep(levels: number): object {
  let value: object = { n: [] }
  for (let level = 0; level < levels; level++) value = { n: [value] }
  return value
}

test('replies are written by hand where the engine is slow at it', () => {
  const { Buffer } = globalThis as unknown as Parameters<typeof writesSlowly>[0]
  const on = (versions: object): boolean => writesSlowly({ ...(Buffer && { Buffer }), process: { versions } })
  expect(on({ v8: '11.3.244.8-node.33' })).toBe(true)
  expect(on({ v8: '13.7.1' })).toBe(true)
  expect(on({ v8: '13.8.258' })).toBe(false)
  expect(on({ v8: '14.6.202.34-node.34' })).toBe(false)
  expect(on({ v8: '12.4.254', bun: '1.3.0' })).toBe(false)
  expect(on({})).toBe(false)
  expect(writesSlowly({ process: { versions: { v8: '11.3' } } })).toBe(false)
})
