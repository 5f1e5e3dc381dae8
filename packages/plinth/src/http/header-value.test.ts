import { expect, test } from 'vitest'
import { checkHeader } from './header-value.ts'

test.each([
  ['x-a', ''],
  ['X-A', 'plain'],
  ["!#$%&'*+-.^_`|~9", 'tab\tand space'],
  ['x', 'latin-1 é ÿ'],
  ['x', '{"json":[1]}'],
])('%s: %j passes', (name, value) => {
  expect(() => checkHeader(name, value)).not.toThrow()
})

test.each(['a\r\nb', 'a\nb', 'a\r', '\n', 'a\0', '\x01', '\x1f', '\x7f', 'ā', '\u010a', '\u010d', '😀', '\ud800', 'a\n'])(
  'the value %j is refused',
  (value) => {
    expect(() => checkHeader('x-a', value)).toThrow(TypeError)
    expect(() => checkHeader('x-a', value)).toThrow('Header `x-a`')
  },
)

test.each(['', 'a b', 'a:', 'a\n', 'é', 'a\0', '(a)', 'a/b', '"a"'])('the name %j is refused', (name) => {
  expect(() => checkHeader(name, 'x')).toThrow('must be a token')
})

test('a value that is no string is refused', () => {
  for (const value of [1, null, undefined, ['a'], { toString: () => 'a\r\nb' }]) {
    expect(() => checkHeader('x', value as unknown as string)).toThrow('must be a string')
  }
})
