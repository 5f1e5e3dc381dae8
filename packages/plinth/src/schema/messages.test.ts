import { describe, expect, test } from 'vitest'
import { inputCheck } from './index.ts'
import * as t from './t.ts'
import type { Schema } from './types.ts'

function message(schema: Schema, value: unknown, form = false): unknown {
  const checked = inputCheck(t.Object({ a: schema as t.TSchema }), 'body', { form }).check({ a: value })
  if (checked instanceof Promise) throw new Error('not expected to wait')
  return checked.ok ? undefined : checked.issues.map((issue) => `${issue.pointer} ${issue.message}`).join('; ')
}

describe('a format is told by what would be right', () => {
  test.each([
    ['date-time', 'must be a date and time with an offset, such as 2026-01-31T09:30:00Z'],
    ['date', 'must be a date, such as 2026-01-31'],
    ['time', 'must be a time with an offset, such as 09:30:00Z'],
    ['duration', 'must be an ISO 8601 duration, such as P1DT12H'],
    ['email', 'must be an email address'],
    ['idn-email', 'must be an email address'],
    ['hostname', 'must be a host name'],
    ['idn-hostname', 'must be a host name'],
    ['ipv4', 'must be an IPv4 address'],
    ['ipv6', 'must be an IPv6 address'],
    ['uri', 'must be an absolute URI'],
    ['uri-reference', 'must be a URI'],
    ['iri', 'must be an absolute IRI'],
    ['iri-reference', 'must be an IRI'],
    ['url', 'must be an absolute URL'],
    ['uuid', 'must be a UUID'],
    ['regex', 'must be a regular expression'],
    ['json-pointer', 'must be a JSON pointer'],
    ['byte', 'must be bytes in base64'],
    ['bigint', 'must be a whole number in decimal digits'],
    ['decimal', 'must be a decimal number, such as 12.50'],
    // One of TypeBox's that hardly anybody uses.
    ['relative-json-pointer', 'must match the format relative-json-pointer'],
  ])('%s', (format, wanted) => {
    expect(message(t.String({ format }), '( \\ [')).toBe(`/a ${wanted}`)
  })
})

describe('choices', () => {
  const choices = (count: number): t.TEnum<string[]> => t.Enum(Array.from({ length: count }, (_, index) => `c${index}`))

  test('are listed up to twelve, else counted', () => {
    expect(message(choices(12), 'x')).toBe('/a must be "c0", "c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8", "c9", "c10" or "c11"')
    expect(message(choices(13), 'x')).toBe('/a must be one of the 13 allowed values')
  })

  test('stand in a union with what else it takes', () => {
    expect(message(t.Union([choices(2), t.Integer()]), 'x')).toBe('/a must be "c0", "c1" or an integer')
    expect(message(t.Union([choices(12), t.Null()]), 'x')).toMatch(/^\/a must be "c0", .* "c11" or null$/)
    expect(message(t.Union([choices(13), t.Null()]), 'x')).toBe('/a must match one of the allowed forms')
  })
})

test('a union says each form once, in few words', () => {
  expect(message(t.Union([t.File(), t.Null()]), 'x', true)).toBe('/a must be a file or null')
  expect(message(t.Union([t.String({ format: 'email' }), t.String({ format: 'idn-email' }), t.Null()]), 5)).toBe(
    '/a must be an email address or null',
  )
  expect(message(t.Union([t.Integer(), t.Unsafe({ minimum: 5, maximum: 4 })]), 5)).toBeUndefined()
  expect(message(t.Union([t.Integer(), t.Unsafe({ pattern: '^a$' })]), 'b')).toBe('/a must match one of the allowed forms')
})
