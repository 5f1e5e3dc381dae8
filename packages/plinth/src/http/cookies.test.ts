import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { expireCookie, parseCookies, serializeCookie, type CookieAttributes } from './cookies.ts'

const plain = (values: object): Record<string, unknown> => Object.fromEntries(Object.entries(values))

describe('reading', () => {
  test.each([
    [undefined, {}],
    ['', {}],
    ['a=1', { a: '1' }],
    ['a=1; b=2', { a: '1', b: '2' }],
    ['a=1;b=2;', { a: '1', b: '2' }],
    ['  a =\t1 ;b=2', { a: '1', b: '2' }],
    ['a=1; a=2', { a: '1' }],
    ['a=; a=2', { a: '' }],
    ['a="quoted"', { a: 'quoted' }],
    ['a="', { a: '"' }],
    ['a=b=c==', { a: 'b=c==' }],
    ['junk; a=1', { a: '1' }],
    ['a=1; junk', { a: '1' }],
    ['=nameless; a=1', { a: '1' }],
    ['a=%20b%C3%A9', { a: ' bé' }],
    ['a=100%; b=%zz; c=%ff', { a: '100%', b: '%zz', c: '%ff' }],
    ['a=b c', { a: 'b c' }],
    ['a=1, b=2', { a: '1, b=2' }],
    ['\u00a0a=1', { '\u00a0a': '1' }],
  ])('%j', (header, cookies) => {
    expect(plain(parseCookies(header))).toEqual(cookies)
  })

  test('names that objects inherit elsewhere are ordinary names', () => {
    const cookies = parseCookies('__proto__=x; constructor=y')
    expect(cookies['__proto__']).toBe('x')
    expect(cookies['constructor']).toBe('y')
    expect(cookies['toString']).toBeUndefined()
  })

  test('sixteen KiB of junk is read at once', () => {
    const started = performance.now()
    parseCookies('a;'.repeat(8_000) + 'b=1')
    expect(performance.now() - started).toBeLessThan(200)
  })

  test('any text is read', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', '=', ';', ' ', '"', '%', '4', '\t', 'ÿ', ','), maxLength: 40 }), (header) => {
        for (const value of Object.values(parseCookies(header))) expect(typeof value).toBe('string')
      }),
      { seed: 22, numRuns: 5_000 },
    )
  })
})

describe('writing', () => {
  test('is secure unless told otherwise', () => {
    expect(serializeCookie('id', 'x')).toBe('id=x; Path=/; HttpOnly; Secure; SameSite=Lax')
    expect(serializeCookie('id', 'x', { secure: false, httpOnly: false, sameSite: 'strict' })).toBe('id=x; Path=/; SameSite=Strict')
  })

  test('every attribute', () => {
    const attributes = {
      domain: 'app.example.org',
      path: '/a b',
      maxAge: 60,
      expires: new Date(Date.UTC(2030, 0, 2, 3, 4, 5)),
      sameSite: 'none',
      partitioned: true,
    } as const
    expect(serializeCookie('id', 'x', attributes)).toBe(
      'id=x; Domain=app.example.org; Path=/a b; Max-Age=60; Expires=Wed, 02 Jan 2030 03:04:05 GMT; HttpOnly; Secure; SameSite=None; Partitioned',
    )
  })

  test('a value is encoded where it must be, and reads back the same', () => {
    expect(serializeCookie('id', 'a;b, "c"\\\r\n%é')).toMatch(/^id=a%3Bb%2C%20%22c%22%5C%0D%0A%25%C3%A9; /)
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 100 }), (value) => {
        const [pair = ''] = serializeCookie('id', value).split('; ')
        expect(pair).toMatch(/^id=[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*$/)
        expect(parseCookies(pair)['id']).toBe(value)
      }),
      { seed: 23, numRuns: 500 },
    )
  })

  test('expiring', () => {
    expect(expireCookie('id', { path: '/x' })).toBe(
      'id=; Path=/x; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Secure; SameSite=Lax',
    )
  })

  const bad: [string, string, CookieAttributes, RegExp][] = [
    ['', 'x', {}, /name must be a token/],
    ['a b', 'x', {}, /name must be a token/],
    ['a;b', 'x', {}, /name must be a token/],
    ['a\r\nb', 'x', {}, /name must be a token/],
    ['id', 1 as unknown as string, {}, /`id`: the value must be a string/],
    ['id', '\ud800', {}, /lone surrogates/],
    ['id', 'x'.repeat(4_094), {}, /at most 4096 bytes/],
    ['id', ';'.repeat(1_400), {}, /at most 4096 bytes/],
    ['id', 'x', { domain: '.example.org' }, /the domain must be a host name/],
    ['id', 'x', { domain: 'example.org:80' }, /the domain must/],
    ['id', 'x', { domain: 'a; Secure' }, /the domain must/],
    ['id', 'x', { domain: 'a..b' }, /the domain must/],
    ['id', 'x', { domain: '' }, /the domain must/],
    ['id', 'x', { domain: 1 as unknown as string }, /the domain must/],
    ['id', 'x', { path: 'x' }, /the path must be/],
    ['id', 'x', { path: '/; Domain=evil' }, /the path must be/],
    ['id', 'x', { path: '/\r\nSet-Cookie: a=b' }, /the path must be/],
    ['id', 'x', { path: '/\n' }, /the path must be/],
    ['id', 'x', { path: '/é' }, /the path must be/],
    ['id', 'x', { path: `/${'x'.repeat(1_024)}` }, /the path must be/],
    ['id', 'x', { path: 7 as unknown as string }, /the path must be/],
    ['id', 'x', { maxAge: 1.5 }, /maxAge must be a whole number of seconds/],
    ['id', 'x', { maxAge: Number.NaN }, /maxAge must/],
    ['id', 'x', { maxAge: Infinity }, /maxAge must/],
    ['id', 'x', { maxAge: '1; Domain=evil' as unknown as number }, /maxAge must/],
    ['id', 'x', { expires: new Date(Number.NaN) }, /expires must be a valid Date/],
    ['id', 'x', { expires: new Date(Date.UTC(10_000, 0)) }, /expires must be a valid Date/],
    ['id', 'x', { expires: 'tomorrow' as unknown as Date }, /expires must be a valid Date/],
    ['id', 'x', { sameSite: 'Lax; Domain=evil' as 'lax' }, /sameSite must be/],
    ['id', 'x', { sameSite: 'none', secure: false }, /`none` only with `secure: true`/],
    ['id', 'x', { partitioned: true, secure: false }, /partitioned must be used with/],
    ['__Host-id', 'x', { secure: false }, /secure must be true under the prefix __Host-/],
    ['__Host-id', 'x', { path: '/x' }, /path must be `\/` under/],
    ['__host-id', 'x', { domain: 'example.org' }, /domain must be left out under/],
    ['__Secure-id', 'x', { secure: false }, /secure must be true under the prefix __Secure-/],
  ]
  test.each(bad)('%j=%j %j is refused', (name, value, attributes, message) => {
    expect(() => serializeCookie(name, value, attributes)).toThrow(TypeError)
    expect(() => serializeCookie(name, value, attributes)).toThrow(message)
  })

  test('prefixed cookies that follow the rules pass', () => {
    expect(serializeCookie('__Host-id', 'x')).toMatch(/^__Host-id=x; Path=\/;/)
    expect(serializeCookie('__Secure-id', 'x', { domain: 'example.org' })).toMatch(/Domain=example.org/)
  })
})
