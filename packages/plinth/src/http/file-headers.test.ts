import { describe, expect, test } from 'vitest'
import { contentDisposition } from './content-disposition.ts'
import { fileValidators, hasEtag } from './etag.ts'
import { parseHttpDate } from './http-date.ts'
import { isCompressible, mediaTypeOf } from './mime.ts'
import { evaluatePreconditions } from './preconditions.ts'

describe('dates', () => {
  const seconds = Date.UTC(1994, 10, 6, 8, 49, 37) / 1_000
  test.each([
    ['Sun, 06 Nov 1994 08:49:37 GMT', seconds],
    ['Sunday, 06-Nov-94 08:49:37 GMT', seconds],
    ['Sun Nov  6 08:49:37 1994', seconds],
    ['Sunday, 06-Nov-26 08:49:37 GMT', Date.UTC(2026, 10, 6, 8, 49, 37) / 1_000],
    ['Sat, 31 Dec 2016 23:59:60 GMT', Date.UTC(2017, 0, 1) / 1_000],
  ])('%s', (text, expected) => {
    expect(parseHttpDate(text)).toBe(expected)
  })

  test.each([
    '',
    '0',
    '1994',
    '1994-11-06T08:49:37Z',
    'Sun, 06 Nov 1994 08:49:37',
    'Sun, 06 Nov 1994 08:49:37 +0100',
    'Sun, 6 Nov 1994 08:49:37 GMT',
    'Sun, 31 Feb 1994 08:49:37 GMT',
    'Sun, 06 Xxx 1994 08:49:37 GMT',
    'Sun, 06 Nov 1994 24:00:00 GMT',
    'Sun, 06 Nov 1994 08:60:00 GMT',
    'Sun, 06 Nov 1994 08:00:61 GMT',
    'Sun, 31 Feb 1994 08:49:60 GMT',
    ' Sun, 06 Nov 1994 08:49:37 GMT',
  ])('%j is none', (text) => {
    expect(parseHttpDate(text)).toBeUndefined()
  })
})

describe('entity tags', () => {
  test('change with size, time and coding; weak while fresh', () => {
    const now = 1_700_000_000_000
    const tag = (size: number, time: number, coding = 'identity'): string => fileValidators(size, time, coding, now).etag
    expect(new Set([tag(1, 1), tag(2, 1), tag(1, 2), tag(1, 1, 'br'), tag(1, 1.5)]).size).toBe(5)
    expect(tag(1, now - 2_000)).toMatch(/^"/)
    expect(tag(1, now - 1_999)).toMatch(/^W\/"/)
    expect(tag(1, now + 5_000)).toMatch(/^W\/"/)
    expect(fileValidators(1, 1_999, 'identity', now).lastModified).toBe(1)
  })

  test.each([
    ['"a"', '"a"', true, true],
    ['W/"a"', '"a"', true, false],
    ['"a"', 'W/"a"', true, false],
    ['W/"a"', 'W/"a"', true, false],
    ['"b", W/"c" ,"a"', '"a"', true, true],
    ['*', '"a"', true, true],
    [' * ', 'W/"a"', true, true],
    ['"b"', '"a"', false, false],
    ['a', '"a"', false, false],
    ['"x,y", "a"', '"a"', true, true],
    ['"a', '"a"', false, false],
    ['w/"a"', '"a"', false, false],
    ['junk, "a"', '"a"', false, false],
    ['', '"a"', false, false],
  ])('%s for %s', (list, etag, weak, strong) => {
    expect(hasEtag(list, etag, 'weak')).toBe(weak)
    expect(hasEtag(list, etag, 'strong')).toBe(strong)
  })

  test('a writing method with a tag that matches If-None-Match is a 412', () => {
    const request = (method: string, headers: Record<string, string>) => ({ method, header: (name: string) => headers[name] })
    const validators = { etag: '"a"', lastModified: 100 }
    expect(evaluatePreconditions(request('PUT', { 'if-none-match': '*' }), validators)).toBe(412)
    expect(evaluatePreconditions(request('PUT', { 'if-modified-since': 'Sun, 06 Nov 1994 08:49:37 GMT' }), validators)).toBe('proceed')
  })
})

test.each([
  ['report.pdf', 'attachment; filename="report.pdf"'],
  ['a b;c.txt', 'attachment; filename="a b;c.txt"'],
  ['', 'attachment'],
  ['/tmp/', 'attachment'],
  ['/tmp/x.txt', 'attachment; filename="x.txt"'],
  ['C:\\x.txt', 'attachment; filename="x.txt"'],
  ['a"b.txt', 'attachment; filename="a_b.txt"; filename*=UTF-8\'\'a%22b.txt'],
  ['100%.txt', 'attachment; filename="100_.txt"; filename*=UTF-8\'\'100%25.txt'],
  ["né(1)'*.txt", "attachment; filename=\"n_(1)'*.txt\"; filename*=UTF-8''n%C3%A9%281%29%27%2A.txt"],
  ['😀.txt', 'attachment; filename="_.txt"; filename*=UTF-8\'\'%F0%9F%98%80.txt'],
  ['\ud800.txt', 'attachment; filename="_.txt"; filename*=UTF-8\'\'%EF%BF%BD.txt'],
  ['a\r\nSet-Cookie: x.txt', 'attachment; filename="aSet-Cookie: x.txt"'],
])('the disposition of %j', (filename, expected) => {
  expect(contentDisposition('attachment', filename)).toBe(expected)
})

test('media types by extension', () => {
  expect(mediaTypeOf('a/b.HTML')).toBe('text/html; charset=utf-8')
  expect(mediaTypeOf('x.tar.gz')).toBe('application/gzip')
  expect(mediaTypeOf('x.unknown')).toBe('application/octet-stream')
  expect(mediaTypeOf('x.constructor')).toBe('application/octet-stream')
  expect(mediaTypeOf('')).toBe('application/octet-stream')
  for (const type of [
    'text/html; charset=utf-8',
    'application/json',
    'image/svg+xml',
    'application/wasm',
    'application/ld+json',
    'application/rss+xml',
  ]) {
    expect(isCompressible(type)).toBe(true)
  }
  for (const type of ['image/png', 'video/mp4', 'application/zip', 'font/woff2', 'application/octet-stream'])
    expect(isCompressible(type)).toBe(false)
})
