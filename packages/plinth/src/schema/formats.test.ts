import { expect, test } from 'vitest'
import { isBase64, isFormat } from './formats.ts'
import engine from './typebox.ts'

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
