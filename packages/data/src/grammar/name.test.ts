import { describe, expect, test } from 'vitest'
import { read, refusal } from './fixtures/reading.ts'
import { parseIdentifier, parseName } from './name.ts'

const whole = (parse: typeof parseName): typeof parseName => {
  return (cursor) => {
    const name = parse(cursor)
    cursor.expectEnd()
    return name
  }
}

describe('a name', () => {
  test.each([
    ['id', 'id'],
    ['field-with_sep', 'field-with_sep'],
    ['two words', 'two words'],
    ['  trimmed\t', 'trimmed'],
    ['123', '123'],
    ['$_', '$_'],
    ['größe', 'größe'],
    ['人', '人'],
    ['𐐷x', '𐐷x'],
    ['"quoted"', 'quoted'],
    ['" spaces stay "', ' spaces stay '],
    ['"a.b,c:d(e)"', 'a.b,c:d(e)'],
    [String.raw`"say \"x\" \\ \n"`, String.raw`say "x" \ n`],
    ['"\\\n"', '\n'],
  ])('%j is %j', (text, name) => {
    expect(read(whole(parseName), text)).toBe(name)
  })

  test.each([
    ['', '1: unexpected end of input expecting field name (* or [a..z0..9_$])'],
    ['  ', '3: unexpected end of input expecting field name (* or [a..z0..9_$])'],
    [':', '1: unexpected ":" expecting field name (* or [a..z0..9_$])'],
    ['""', '1: unexpected """ expecting field name (* or [a..z0..9_$])'],
    ['"open', '6: unexpected end of input expecting a closing quote (")'],
    ['"open\\"', '8: unexpected end of input expecting a closing quote (")'],
    ['a-', '3: unexpected end of input expecting letter, digit, "_", "$" or space'],
    ['a--b', '3: unexpected "-" expecting letter, digit, "_", "$" or space'],
    ['a.b', '2: unexpected "." expecting end of input'],
    ['人人!word', '3: unexpected "!" expecting end of input'],
    ['a"b"', '2: unexpected """ expecting end of input'],
    ['😀', '1: unexpected "😀" expecting field name (* or [a..z0..9_$])'],
  ])('%j is refused', (text, why) => {
    expect(refusal(whole(parseName), text)).toBe(why)
  })

  test('ends before an arrow', () => {
    expect(read(parseName, 'a-b->c')).toBe('a-b')
  })

  test('is refused at the line where it stands', () => {
    expect(() => read(whole(parseName), '"a\nb"x')).toThrow('"failed to parse text ("a\nb"x)" (line 2, column 3)')
  })
})

describe('an identifier', () => {
  test.each([
    ['text', 'text'],
    [' double precision ', 'double precision'],
    ['größe_1$', 'größe_1$'],
  ])('%j is %j', (text, name) => {
    expect(read(whole(parseIdentifier), text)).toBe(name)
  })

  test.each([
    ['', '1: unexpected end of input expecting letter or digit'],
    ['  ', '3: unexpected end of input expecting letter or digit'],
    ['"text"', '1: unexpected """ expecting letter or digit'],
    ['int[]', '4: unexpected "[" expecting end of input'],
    ["a'b", `2: unexpected "'" expecting end of input`],
    ['a-b', '2: unexpected "-" expecting end of input'],
    ['a;b', '2: unexpected ";" expecting end of input'],
  ])('%j is refused', (text, why) => {
    expect(refusal(whole(parseIdentifier), text)).toBe(why)
  })
})
