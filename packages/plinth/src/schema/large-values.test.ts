import { describe, expect, test } from 'vitest'
import { Explanation, MAX_ISSUES } from './explain.ts'
import './formats.ts'
import { inputCheck, replyEncoder, ReplyMismatch } from './index.ts'
import { shapeOf, type Raw } from './shape.ts'
import * as t from './t.ts'
import engine from './typebox.ts'

describe('values with very many mistakes', () => {
  test('make at most a hundred issues, and quickly', () => {
    const checked = inputCheck(t.Array(t.Object({ a: t.Integer(), b: t.Integer() })), 'body')
    const start = performance.now()
    const answer = checked.check(Array.from({ length: 200_000 }, () => ({ a: 'x' })))
    expect(performance.now() - start).toBeLessThan(2_000)
    expect(answer).toMatchObject({ ok: false, issues: { length: MAX_ISSUES } })
  })

  test('never try every combination of a union inside itself', () => {
    const node = (b: t.TSchema) => t.Object({ below: t.Optional(t.Ref('Node')), a: t.Integer(), b: t.Optional(b) })
    const Tree = t.Cyclic({ Node: t.Union([node(t.String()), node(t.Date())]) }, 'Node')
    const tree = (leaf: unknown): unknown => {
      let value = leaf
      for (let depth = 0; depth < 60; depth++) value = { below: value, a: 5, b: '2026-01-31T00:00:00Z' }
      return value
    }
    const start = performance.now()
    expect(inputCheck(Tree, 'body').check(tree({ a: 'wrong' }))).toMatchObject({ ok: false })
    expect(inputCheck(Tree, 'body').check(tree({ a: 1 }))).toMatchObject({ ok: true })
    expect(replyEncoder(Tree).encode(tree({ a: 1, b: new Date(0) }))).toContain('{"a":1,"b":"1970-01-01T00:00:00.000Z"}')
    expect(() => replyEncoder(Tree).encode(tree({ a: 'wrong' }))).toThrow(ReplyMismatch)
    expect(performance.now() - start).toBeLessThan(2_000)
  })

  test('stop an explanation that looks at too much', () => {
    const explanation = new Explanation('body', false)
    explanation.walk(
      shapeOf(t.Array(t.Any()) as unknown as Raw, true),
      Array.from({ length: 300_000 }, () => 1),
      '',
    )
    expect(explanation.full).toBe(true)
  })

  test('are refused even where no explanation got to the mistake', () => {
    const Deep = t.Cyclic({ Node: t.Union([t.Integer(), t.Array(t.Ref('Node'))]) }, 'Node')
    const value = [...Array.from({ length: 250_000 }, () => [1]), 'wrong']
    expect(inputCheck(t.Object({ list: t.Array(Deep) }), 'body').check({ list: value })).toMatchObject({
      ok: false,
      issues: [{ message: 'is not valid' }],
    })
  }, 60_000)
})

test('large bytes make the round trip', () => {
  const bytes = new Uint8Array(100_000).map((_, index) => index % 256)
  const text = replyEncoder(t.Object({ a: t.Bytes() })).plain({ a: bytes }) as { a: string }
  expect(inputCheck(t.Object({ a: t.Bytes() }), 'body').check(text)).toEqual({ ok: true, value: { a: bytes } })
})

describe('every format', () => {
  const pieces = [
    'a',
    'a.',
    '1',
    '1.',
    ':',
    'a:',
    '::',
    '-',
    '/',
    '%20',
    '{a}',
    '(',
    '"',
    '\\',
    '@',
    'a@',
    '[',
    'T',
    '0Y',
    'é',
    '\u0000',
    ' ',
    '~0',
    '=',
    'a-',
  ]
  // `regex` builds the expression it is given: that costs what the text is long, and nothing is run with it.
  for (const [name, check] of engine.Format.Entries()) {
    test(`${name} answers quickly whatever it is given`, () => {
      for (const piece of pieces) {
        for (const end of ['', '!', '@', '\n', '[']) {
          const hostile = piece.repeat(Math.ceil(20_000 / piece.length)) + end
          const start = performance.now()
          check(hostile)
          const took = performance.now() - start
          expect(took, `${name} on ${JSON.stringify(piece)}… ${JSON.stringify(end)}`).toBeLessThan(500)
        }
      }
    })
  }
})
