import { describe, expect, test } from 'vitest'
import { HttpFailure } from './failures.ts'
import { parseJson } from './json-body.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const parse = (text: string, depth = 64): unknown => parseJson(bytes(text), depth)

function codeOf(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    if (error instanceof HttpFailure && error.status === 400) return error.code
    throw error
  }
  return 'passed'
}

test.each(['null', 'true', '0', '"é😀"', '[]', '{}', ' {"a":[1,{"b":null}]} ', '{"a":"\\u00e9\\"[[["}'])('parses %s', (text) => {
  expect(parse(text)).toEqual(JSON.parse(text))
})

test.each(['', ' ', '{"a":', '{a:1}', "{'a':1}", '[1,]', 'undefined', 'NaN', '01', '{"a":1}x', '\ufeff{}', '"\n"', '// x\n1'])(
  'refuses %j',
  (text) => {
    expect(codeOf(() => parse(text))).toBe('malformed-json')
  },
)

test('refuses bytes that are not UTF-8', () => {
  for (const bad of [
    [0x22, 0xff, 0x22],
    [0x22, 0xc0, 0x80, 0x22],
    [0x22, 0xed, 0xa0, 0x80, 0x22],
    [0xfe, 0xff, 0x00, 0x31],
  ]) {
    expect(codeOf(() => parseJson(new Uint8Array(bad), 64))).toBe('malformed-json')
  }
})

test('the last of two equal keys counts', () => {
  expect(parse('{"a":1,"a":2}')).toEqual({ a: 2 })
})

describe('depth', () => {
  const nested = (depth: number, open = '[', close = ']'): string => open.repeat(depth) + close.repeat(depth)

  test('64 levels pass, 65 do not', () => {
    expect(codeOf(() => parse(nested(64)))).toBe('passed')
    expect(codeOf(() => parse(nested(65)))).toBe('json-too-deep')
    expect(codeOf(() => parse(`${'{"a":'.repeat(65)}1${'}'.repeat(65)}`))).toBe('json-too-deep')
    expect(codeOf(() => parse(`${'{"a":['.repeat(32)}1${']}'.repeat(32)}`))).toBe('passed')
    expect(codeOf(() => parse(`${'{"a":['.repeat(33)}1${']}'.repeat(33)}`))).toBe('json-too-deep')
  })

  test('many siblings are not deep', () => {
    expect(parse(`[${Array(1_000).fill('{"a":[]}').join(',')}]`)).toHaveLength(1_000)
  })

  test('brackets in strings count for nothing, in either direction', () => {
    expect(codeOf(() => parse(`["${'['.repeat(100)}"]`))).toBe('passed')
    expect(codeOf(() => parse(`["${'\\"['.repeat(100)}", "${'\\\\'.repeat(70)}", ${nested(10)}, "${'{'.repeat(70)}"]`))).toBe('passed')
    // Closing brackets in strings must not lower the count.
    expect(codeOf(() => parse(`${'["]",'.repeat(65)}1${']'.repeat(65)}`))).toBe('json-too-deep')
    expect(codeOf(() => parse(`${'["\\\\",'.repeat(65)}1${']'.repeat(65)}`))).toBe('json-too-deep')
  })

  test('text that never closes is refused', () => {
    expect(codeOf(() => parse('['.repeat(1_000)))).toBe('json-too-deep')
    expect(codeOf(() => parse(`${'[],'.repeat(100)}"`))).toBe('malformed-json')
    expect(codeOf(() => parse(`[${'],['.repeat(100)}`))).toBe('malformed-json')
  })

  test('a million brackets are refused at once', () => {
    const started = performance.now()
    expect(codeOf(() => parse('['.repeat(1_000_000)))).toBe('json-too-deep')
    expect(performance.now() - started).toBeLessThan(200)
  })

  test('is settable, and a great one overflows nothing', () => {
    expect(codeOf(() => parse('[[1]]', 1))).toBe('json-too-deep')
    expect(codeOf(() => parse(`${'['.repeat(50_000)}"\\u0061"${']'.repeat(50_000)}`, 100_000))).toBe('passed')
  })
})

describe('prototype keys', () => {
  test.each([
    '{"__proto__":{"x":1}}',
    '{"__proto__":null}',
    '{"a":[{"b":{"__proto__":1}}]}',
    '{"\\u005f_proto__":1}',
    '{"\\u005F\\u005Fproto\\u005f\\u005f":1}',
    '{"constructor":{"prototype":{}}}',
    '{"c\\u006fnstructor":{"prototype":1}}',
    '{"constructor":{"\\u0070rototype":1}}',
  ])('%s is refused', (text) => {
    expect(codeOf(() => parse(text))).toBe('prototype-key')
  })

  test.each([
    '{"constructor":"Bob the Builder"}',
    '{"constructor":{"name":"x"}}',
    '{"constructor":null}',
    '{"prototype":{}}',
    '{"text":"__proto__ and constructor"}',
    '["__proto__"]',
    '{"__proto":1,"a\\u0041":2}',
  ])('%s passes', (text) => {
    expect(parse(text)).toEqual(JSON.parse(text))
  })
})

describe('a number that no double holds is refused before it is Infinity', () => {
  const parse = (text: string): unknown => parseJson(new TextEncoder().encode(text), 64)
  const nines = (count: number): string => '9'.repeat(count)

  test.each([
    '1e999',
    '-1e309',
    '[1,{"a":1E+400}]',
    '{"a":0.1e0310}',
    nines(400),
    `[${nines(310)}]`,
    `{"pad":"${'x'.repeat(1_000)}","n":-${nines(309)}}`,
  ])('%#', (text) => {
    expect(() => parse(text)).toThrow('A number is larger than 1.8e308.')
  })

  test.each([
    ['1e308', 1e308],
    ['1e-999', 0],
    [nines(308), Number(nines(308))],
    [`"${nines(400)} 1e999"`, `${nines(400)} 1e999`],
    [`[${`${nines(308)},`.repeat(50)}1]`, [...Array<number>(50).fill(Number(nines(308))), 1]],
  ])('%# is read', (text, value) => {
    expect(parse(text)).toEqual(value)
  })

  test('half a million digits and runs of 308 take no longer than parsing them does', () => {
    const start = performance.now()
    parse(`[${`${nines(308)},`.repeat(3_000)}1]`)
    parse(`["${nines(900_000)}"]`)
    expect(performance.now() - start).toBeLessThan(1_000)
  })
})
