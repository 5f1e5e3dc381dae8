import { expect, test } from 'vitest'
import { decodeSegments, MalformedPath } from './index.ts'

test('segments are split on raw slashes, then decoded once', () => {
  expect(decodeSegments('a%2Fb/..%2f/%252F//%E2%82%AC/')).toEqual(['a/b', '../', '%2F', '', '€', ''])
  expect(decodeSegments('')).toEqual([''])
})

test.each([
  ['%', 'a % that is not followed by two hexadecimal digits'],
  ['a%2', 'a % that is not followed by two hexadecimal digits'],
  ['%C3%28', 'not valid UTF-8'],
  ['%C3/%A9', 'not valid UTF-8'],
  ['a%00', 'a NUL character'],
  ['a\0', 'a NUL character'],
])('%j is refused: %s', (raw, message) => {
  expect(() => decodeSegments(raw)).toThrow(MalformedPath)
  expect(() => decodeSegments(raw)).toThrow(message)
})

test('the message does not contain what was sent', () => {
  try {
    decodeSegments('/<script>%zz')
    expect.unreachable()
  } catch (error) {
    expect((error as Error).name).toBe('MalformedPath')
    expect((error as Error).message).not.toContain('script')
  }
})
