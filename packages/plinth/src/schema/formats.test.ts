import { describe, expect, test } from 'vitest'
import { isBase64, isFormat } from './formats.ts'
import engine from './typebox.ts'

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

test.each(['', 'AA==', 'AAA=', 'AAAA', 'a+/9'])('%j is base64', (text) => expect(isBase64(text)).toBe(true))
test.each(['A', 'AA', 'AA=', 'A===', 'AA-_', 'A A=', '====', 'AAAA\n'])('%j is not base64', (text) => expect(isBase64(text)).toBe(false))

test('only formats that are checked are known', () => {
  expect(['email', 'byte', 'bigint', 'decimal', 'password'].every(isFormat)).toBe(true)
  expect(isFormat('phone')).toBe(false)
})

test.each([
  ['2026-01-28T09:30:00Z', true],
  ['2026-01-28T09:30:00.123Z', true],
  ['2026-01-28T09:30:00.1Z', true],
  ['2026-01-28T09:30:00.123456789+01:00', true],
  ['2024-02-29T00:00:00Z', true],
  ['2026-02-29T00:00:00Z', false],
  ['2026-13-01T00:00:00Z', false],
  ['2026-00-01T00:00:00Z', false],
  ['2026-01-00T00:00:00Z', false],
  ['2026-01-01T24:00:00Z', false],
  ['2026-01-01T00:60:00Z', false],
  ['2026-01-01T00:00:61Z', false],
  ['2026-01-01 00:00:00Z', false],
  ['2026-01-01T00:00:00', false],
  ['2026-01-01T00:00:00.Z', false],
  ['2026-01-01T00:00:00.12aZ', false],
  ['2026-01-01T00:00:00ZZ', false],
  ['2026/01/01T00:00:00Z', false],
  ['20a6-01-01T00:00:00Z', false],
])('%s as a date and time: %j', (text, expected) => {
  expect(engine.Format.Test('date-time', text)).toBe(expected)
})

test.each([
  ['2026-01-28', true],
  ['2024-02-29', true],
  ['2026-02-29', false],
  ['2026-01-28x', false],
  ['2026-1-28', false],
])('%s as a date: %j', (text, expected) => {
  expect(engine.Format.Test('date', text)).toBe(expected)
})
