import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { HttpFailure } from './failures.ts'
import { redirectTarget } from './redirect-target.ts'

const rules = { allow: ['https://accounts.example.org', 'http://localhost:8080'], sameOrigin: 'https://here.example' }

describe('passes', () => {
  test.each([
    ['/', '/'],
    ['/a/b?c=d#e', '/a/b?c=d#e'],
    ['/a b', '/a%20b'],
    ['/é?q=ü', '/%C3%A9?q=%C3%BC'],
    ['/a%20b%2F', '/a%20b%2F'],
    ['/100%', '/100%25'],
    ['/%zz', '/%25zz'],
    ['/%25', '/%25'],
    ['/a//b', '/a//b'],
    ['/a:b', '/a:b'],
    ['/?next=https://evil.example', '/?next=https://evil.example'],
    ['/@evil.example', '/@evil.example'],
    ['/<script>"', '/%3Cscript%3E%22'],
    ['https://accounts.example.org/o?x=1', 'https://accounts.example.org/o?x=1'],
    ['https://accounts.example.org', 'https://accounts.example.org/'],
    ['HTTPS://ACCOUNTS.example.org:443/a b', 'https://accounts.example.org/a%20b'],
    ['http://localhost:8080/x', 'http://localhost:8080/x'],
    ['https://here.example/x', 'https://here.example/x'],
    ['https://accounts.example.org?@evil.example', 'https://accounts.example.org/?@evil.example'],
  ])('%s', (location, target) => {
    expect(redirectTarget(location, rules)).toBe(target)
  })
})

describe('refuses', () => {
  test.each([
    '',
    'x',
    './x',
    '../x',
    '?x',
    '#x',
    '//evil.example',
    '///evil.example',
    '////evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '\\/evil.example',
    '/a\\b',
    '/\t/evil.example',
    '/\n/evil.example',
    '/\r\nSet-Cookie: a=b',
    '/a\0',
    '/\x7f',
    '/\x85',
    ' /x',
    '\t//evil.example',
    '/x ',
    '\u00a0//evil.example',
    '\ufeff//evil.example',
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'java\nscript:alert(1)',
    'javascript://accounts.example.org/%0aalert(1)',
    'data:text/html,x',
    'vbscript:x',
    'file:///etc/passwd',
    'ftp://accounts.example.org/',
    'blob:https://accounts.example.org/x',
    'http:evil.example',
    'http:/evil.example',
    'https:///evil.example',
    'https:\\\\evil.example',
    'https://evil.example',
    'https://evil.example/https://accounts.example.org',
    'https://accounts.example.org.evil.example',
    'https://evilaccounts.example.org',
    'https://sub.accounts.example.org',
    'https://accounts.example.org@evil.example',
    'https://user@accounts.example.org',
    'https://:pass@accounts.example.org',
    'https://evil.example\\@accounts.example.org',
    'https://evil.example#@accounts.example.org',
    'https://evil.example?@accounts.example.org',
    'https://accounts.example.org:444/',
    'http://accounts.example.org/',
    'https://accounts.example.org:x/',
    'https://[::1',
    'https://?x',
    '/\ud800',
    `/${'x'.repeat(8_192)}`,
    null,
    undefined,
  ])('%j', (location) => {
    expect(() => redirectTarget(location as string, rules)).toThrow(HttpFailure)
    try {
      redirectTarget(location as string, rules)
    } catch (error) {
      expect(error).toMatchObject({ status: 400, code: 'unsafe-redirect' })
    }
  })

  test('every full URL where none is listed', () => {
    expect(() => redirectTarget('https://accounts.example.org/')).toThrow(HttpFailure)
    expect(redirectTarget('/x')).toBe('/x')
  })
})

test.each([
  'https://a.example/',
  'https://a.example/x',
  'a.example',
  '*',
  'https://*.example/',
  'data:x',
  'null',
  'https://a.example:443',
  'https://A.example',
])('the entry %s of the list is the application’s mistake', (entry) => {
  expect(() => redirectTarget('https://b.example/', { allow: [entry] })).toThrow(TypeError)
})

test('whatever passes stays on a listed origin, is ASCII and settles', () => {
  const piece = fc.constantFrom(
    '/',
    '\\',
    'http:',
    'https://',
    'evil.example',
    'accounts.example.org',
    '@',
    ':',
    '?',
    '#',
    '%',
    '2f',
    '%2f',
    '.',
    '..',
    ' ',
    '\t',
    'é',
    'a',
    ';',
    '\u3002',
    '\uff0f',
  )
  let passed = 0
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), fc.constantFrom('', '/', 'https://accounts.example.org'), (pieces, start) => {
      let target: string
      try {
        target = redirectTarget(start + pieces.join(''), rules)
      } catch (error) {
        expect(error).toBeInstanceOf(HttpFailure)
        return
      }
      passed++
      expect(target).toMatch(/^[\x21-\x7e]+$/)
      const { origin } = new URL(target, 'https://here.example/deep/page')
      expect(['https://here.example', 'https://accounts.example.org']).toContain(origin)
      expect(redirectTarget(target, rules)).toBe(target)
    }),
    { seed: 28, numRuns: 5_000 },
  )
  expect(passed).toBeGreaterThan(500)
})
