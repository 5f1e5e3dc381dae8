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
