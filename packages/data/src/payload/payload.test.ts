import { describe, expect, test } from 'vitest'
import { PostgrestError } from '../grammar/postgrest-error.ts'
import { parseCsv } from './csv.ts'
import { parsePayload, type Payload } from './payload.ts'

const json = (body: string | undefined, columns?: string[]): Payload =>
  parsePayload({ contentType: { kind: 'json' }, columns: columns?.map((name) => ({ name, at: 0 })) }, body)

describe('a JSON body', () => {
  test('is kept as it was written, in a list', () => {
    expect(json('{"n": 12345678901234567890}')).toEqual({ json: '[{"n": 12345678901234567890}]', rows: 1, columns: ['n'] })
    expect(json('[{"a":1},{"a":2}]')).toEqual({ json: '[{"a":1},{"a":2}]', rows: 2, columns: ['a'] })
  })

  test.each(['[]', 'null', '1', '"text"'])('that is %s has no rows', (body) => {
    expect(json(body)).toEqual({ json: '[]', rows: 0, columns: [] })
  })

  test.each([undefined, '', ' ', '{', '}{ x = 2', '{"a":1}{"b":2}'])('that is %j is refused', (body) => {
    expect(() => json(body)).toThrow(new PostgrestError('PGRST102', 'Empty or invalid json'))
  })

  test.each(['[{"a":1},{"b":1}]', '[{"a":1},{}]', '[{},{"a":1}]', '[1]', '[[{"a":1}]]', '[{"a":1},null]'])(
    '%s has no one set of keys',
    (body) => {
      expect(() => json(body)).toThrow('All object keys must match')
    },
  )

  test('may have different keys where the columns are named, each once', () => {
    expect(json('[{"a":1},{"b":1}]', ['a', 'c', 'a']).columns).toEqual(['a', 'c'])
    expect(() => json('[{"a":1},2]', ['a'])).toThrow('All object keys must match')
  })

  test('can be nested so deep and no deeper', () => {
    const nested = (depth: number): string => `{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`
    expect(json(nested(62)).rows).toBe(1)
    expect(() => json(nested(65))).toThrow('64 levels')
    expect(() => json(nested(5_000))).toThrow('64 levels')
  })

  test('keeps from other clients what would change prototypes there, at any depth and however it is spelled', () => {
    expect(() => json('{"__proto__":1}')).toThrow("'__proto__'")
    expect(() => json('{"a":[{"\\u005f_proto__":1}]}')).toThrow("'__proto__'")
    expect(() => json('[{"a":{"constructor":{"prototype":{}}}}]')).toThrow("'constructor.prototype'")
    expect(json('{"constructor":"of houses","prototype":1}').columns).toEqual(['constructor', 'prototype'])
  })

  test('refuses numbers of which a few characters would become a hundred thousand digits', () => {
    expect(() => json('{"a":{"b":1e131071}}')).toThrow('out of range')
    expect(() => json('{"a":-1e309}')).toThrow('out of range')
    expect(json('{"a":1.7e308}').rows).toBe(1)
  })
})

test('a form is one row of texts', () => {
  const payload = parsePayload({ contentType: { kind: 'form' }, columns: undefined }, 'a=1&b=x+y%26')
  expect(payload).toEqual({ json: '[{"a":"1","b":"x y&"}]', rows: 1, columns: ['a', 'b'] })
})

describe('CSV', () => {
  const csv = (body: string | undefined): Payload => parsePayload({ contentType: { kind: 'csv' }, columns: undefined }, body)

  test('gives rows of texts, NULL and empty ones', () => {
    expect(csv('a,b\n1,NULL\n,"x,""y"""')).toEqual({ json: '[{"a":"1","b":null},{"a":"","b":"x,\\"y\\""}]', rows: 2, columns: ['a', 'b'] })
    expect(csv('a,b')).toEqual({ json: '[]', rows: 0, columns: [] })
    expect(csv(undefined).rows).toBe(0)
  })

  test('must have as many fields in every line', () => {
    expect(() => csv('a,b\n1')).toThrow('All lines must have same number of fields')
    expect(() => csv('a,b\n1,2,3')).toThrow('All lines must have same number of fields')
  })

  test.each([
    [
      'a,b\r\nc,d\r\n',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    ['"a\nb",c', [['a\nb', 'c']]],
    ['a,\n', [['a', '']]],
    ['a,', [['a', '']]],
    ['"a"b,c', [['ab', 'c']]],
    ['"open', [['"open']]],
    ['a\rb', [['a'], ['b']]],
    ['\n\na', [['a']]],
    ['', []],
  ])('%j is read as %j', (text, lines) => {
    expect(parseCsv(text)).toEqual(lines)
  })
})
