import { expect, test } from 'vitest'
import { coloursOf, hasColours } from './colour.ts'
import { Collected } from './fixtures/io.ts'

test.each([
  [true, {}, true],
  [false, {}, false],
  [true, { NO_COLOR: '1' }, false],
  [true, { NO_COLOR: '' }, true],
  [true, { TERM: 'dumb' }, false],
  [false, { FORCE_COLOR: '1' }, true],
  [false, { FORCE_COLOR: '' }, true],
  [true, { FORCE_COLOR: '0' }, false],
  [true, { FORCE_COLOR: 'false' }, false],
  [false, { FORCE_COLOR: '1', NO_COLOR: '1' }, true],
])('a terminal: %s, %j: %s', (terminal, env, expected) => {
  expect(hasColours(new Collected(terminal), env)).toBe(expected)
})

test('colours are put around text, or nothing is', () => {
  expect(coloursOf(new Collected(true), {}).red('x')).toBe('\x1b[31mx\x1b[39m')
  expect(coloursOf(new Collected(), {}).red('x')).toBe('x')
})
