import { expect, test } from 'vitest'
import { isBase64, isFormat } from './formats.ts'
import engine from './typebox.ts'

test.each(['', 'AA==', 'AAA=', 'AAAA', 'a+/9'])('%j is base64', (text) => expect(isBase64(text)).toBe(true))
test.each(['A', 'AA', 'AA=', 'A===', 'AA-_', 'A A=', '====', 'AAAA\n'])('%j is not base64', (text) => expect(isBase64(text)).toBe(false))

test('base64 has its 64 characters and no others', () => {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
  for (let code = 0; code < 300; code++) {
    const character = String.fromCharCode(code)
    expect([code, isBase64(`${character}AAA`)]).toEqual([code, alphabet.includes(character)])
    // At the end it may be the padding.
    expect([code, isBase64(`AAA${character}`)]).toEqual([code, `${alphabet}=`.includes(character)])
  }
})

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

test.each(['2026-01-28T09:30:00Z', '2026-01-28T09:30:00.123Z'])('%s with any of its characters wrong is no date and time', (text) => {
  expect(engine.Format.Test('date-time', text)).toBe(true)
  // `/` and `:` stand beside the digits.
  for (let at = 0; at < text.length; at++) {
    for (const wrong of ['x', '/', ':']) {
      const spoilt = `${text.slice(0, at)}${wrong}${text.slice(at + 1)}`
      expect([spoilt, engine.Format.Test('date-time', spoilt)]).toEqual([spoilt, spoilt === text])
      if (at < 10) expect([spoilt, engine.Format.Test('date', spoilt.slice(0, 10))]).toEqual([spoilt, false])
    }
  }
})

test('a month has its days, a day its hours', () => {
  const lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
  for (const [index, length] of lengths.entries()) {
    const month = String(index + 1).padStart(2, '0')
    for (let day = 0; day <= 32; day++) {
      const text = `2026-${month}-${String(day).padStart(2, '0')}`
      const expected = day >= 1 && day <= length
      expect([text, engine.Format.Test('date', text)]).toEqual([text, expected])
      expect([text, engine.Format.Test('date-time', `${text}T23:59:59Z`)]).toEqual([text, expected])
    }
  }
  for (const time of ['24:00:00', '99:00:00', '23:60:00', '23:99:00', '22:30:61', '22:30:99'])
    expect([time, engine.Format.Test('date-time', `2026-01-28T${time}Z`)]).toEqual([time, false])
})

test('any text is a password', () => {
  expect(engine.Format.Test('password', '')).toBe(true)
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
