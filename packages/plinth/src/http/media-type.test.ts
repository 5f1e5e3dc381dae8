import fc from 'fast-check'
import { expect, test } from 'vitest'
import { HttpFailure } from './failures.ts'
import { isJson, parseMediaType, requireUtf8 } from './media-type.ts'

test.each([
  ['application/json', 'application/json', {}],
  ['Application/JSON', 'application/json', {}],
  ['application/json; charset=utf-8', 'application/json', { charset: 'utf-8' }],
  ['application/json;charset=UTF-8', 'application/json', { charset: 'utf-8' }],
  ['text/html;', 'text/html', {}],
  ['text/html ; ; Charset="utf-8"', 'text/html', { charset: 'utf-8' }],
  ['multipart/form-data; boundary="a b; c=\\"d\\""', 'multipart/form-data', { boundary: 'a b; c="d"' }],
  ['application/vnd.api+json; a=1;\tb="2"', 'application/vnd.api+json', { a: '1', b: '2' }],
  ['a/b; c=""', 'a/b', { c: '' }],
])('reads %s', (value, essence, parameters) => {
  const type = parseMediaType(value)
  expect(type.essence).toBe(essence)
  expect(Object.fromEntries(type.parameters)).toMatchObject(Object.keys(parameters).length === 0 ? {} : { ...parameters })
  expect(type.parameters.size).toBe(Object.keys(parameters).length)
})

test.each([
  '',
  'json',
  'application/',
  '/json',
  ' application/json',
  'application/json ',
  'application /json',
  'application/json garbage',
  'application/json, text/plain',
  'application/json; charset',
  'application/json; charset=',
  'application/json; charset =utf-8',
  'application/json; charset= utf-8',
  'application/json; charset="utf-8',
  'application/json; charset="utf-8"x',
  'application/json; charset=utf-8; charset=utf-8',
  'application/json; charset=utf-8; Charset=utf-7',
  'application/json; a="\0"',
  'application/json; a="\u0100"',
  'application/jsön',
  `application/json; a=${'x'.repeat(1_024)}`,
  `a/b${';'.repeat(17)}`,
])('refuses %j', (value) => {
  expect(() => parseMediaType(value)).toThrow(HttpFailure)
  try {
    parseMediaType(value)
  } catch (error) {
    expect(error).toMatchObject({ status: 415, code: 'unsupported-media-type' })
  }
})

test('only UTF-8 passes as a charset', () => {
  for (const charset of ['', '; charset=utf-8', '; charset=UTF8', '; charset="Utf-8"']) {
    expect(() => requireUtf8(parseMediaType(`text/plain${charset}`))).not.toThrow()
  }
  for (const charset of ['utf-7', 'utf-16', 'iso-8859-1', 'us-ascii', '""']) {
    expect(() => requireUtf8(parseMediaType(`text/plain; charset=${charset}`))).toThrow(HttpFailure)
  }
})

test('what is JSON', () => {
  expect(['application/json', 'application/problem+json', 'text/json', 'application/jsonp'].map(isJson)).toEqual([true, true, false, false])
})

test('any text is read or refused', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('a', '/', ';', '=', '"', '\\', ' ', ',', 'é', '\t', '\0'), maxLength: 40 }), (value) => {
      try {
        expect(parseMediaType(value).essence).toMatch(/^[^ ]+\/[^ ]+$/)
      } catch (error) {
        expect(error).toBeInstanceOf(HttpFailure)
      }
    }),
    { seed: 24, numRuns: 5_000 },
  )
})
