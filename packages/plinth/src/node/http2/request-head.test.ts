import { describe, expect, test } from 'vitest'
import { allowedHosts } from '../allowed-hosts.ts'
import { defaultLimits } from '../http1/limits.ts'
import { Refusal } from '../http1/refusal.ts'
import { readHead } from './request-head.ts'

const hosts = allowedHosts(['a.test'])

/** The fields of a GET, with others in their place, or none. */
function raw(changed: { readonly [name: string]: string | undefined }, ...more: string[]): string[] {
  const all = { ':method': 'GET', ':scheme': 'https', ':authority': 'a.test', ':path': '/', ...changed }
  return [...Object.entries(all).filter((it): it is [string, string] => it[1] !== undefined), ...[more]].flat()
}

function verdict(fields: readonly string[]): string {
  try {
    readHead(fields, defaultLimits, hosts)
    return 'taken'
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return error.code
  }
}

test('says what was asked', () => {
  const { fields, ...head } = readHead(
    raw(
      { ':method': 'PUT', ':path': '/a%2Fb?c=d' },
      'cookie',
      'a=1',
      'cookie',
      'b=2',
      'accept',
      'x/y',
      'accept',
      'z/z',
      'content-length',
      '3',
    ),
    defaultLimits,
    hosts,
  )
  expect(head).toEqual({ method: 'PUT', target: '/a%2Fb?c=d', host: 'a.test', length: 3, continues: false })
  expect(Object.fromEntries(fields)).toEqual({ cookie: 'a=1; b=2', accept: 'x/y, z/z', 'content-length': '3', host: 'a.test' })
})

test('Host stands in for an authority that is not said', () => {
  expect(readHead(raw({ ':authority': undefined }, 'host', 'A.test:443'), defaultLimits, hosts).host).toBe('A.test:443')
  expect(verdict(raw({}, 'host', 'A.TEST'))).toBe('taken')
})

describe.each([
  [
    'malformed-request',
    [
      raw({ ':method': undefined }),
      raw({ ':method': 'G T' }),
      raw({ ':path': undefined }),
      raw({ ':path': '' }),
      raw({ ':path': 'a' }),
      raw({ ':path': '*' }),
      raw({ ':path': 'https://a.test/' }),
      raw({ ':path': '/a b' }),
      raw({ ':path': '/a#b' }),
      raw({ ':path': '/a\\b' }),
      raw({ ':path': '/ü' }),
      raw({ ':authority': undefined }),
      raw({ ':authority': '' }),
      raw({ ':authority': 'user@a.test' }),
      raw({ ':authority': 'a.test,b.test' }),
      raw({ ':authority': 'a.test:99999' }),
      raw({}, 'host', 'b.test'),
      raw({}, 'host', 'a.test:444'),
      raw({}, 'host', 'a.test', 'host', 'a.test'),
      raw({}, 'content-type', 'a/b', 'content-type', 'a/b'),
      raw({}, 'authorization', 'a', 'authorization', 'b'),
      raw({}, 'content-length', '1', 'content-length', '1'),
      raw({}, 'content-length', '+1'),
      raw({}, 'content-length', '01'),
    ],
  ],
  ['target-too-long', [raw({ ':path': `/${'a'.repeat(8_192)}` })]],
  [
    'headers-too-large',
    [
      raw({}, 'x', 'y'.repeat(8_192)),
      raw({}, ...Array.from({ length: 3 }, () => ['x', 'y'.repeat(6_000)]).flat()),
      raw({}, ...Array.from({ length: 101 }, (_, i) => [`x${i}`, '']).flat()),
    ],
  ],
  ['not-implemented', [raw({ ':method': 'CONNECT' }), raw({ ':method': 'A'.repeat(33) })]],
  ['misdirected-request', [raw({ ':authority': 'b.test' })]],
  ['expectation-failed', [raw({}, 'expect', '200-ok')]],
  ['body-too-large', [raw({}, 'content-length', '9'.repeat(20))]],
] as const)('%s', (code, cases) => {
  test.each(cases.map((it) => [it.join(' ').slice(0, 100), it] as const))('%s', (_, fields) => {
    expect(verdict(fields)).toBe(code)
  })
})

test.each([raw({ ':method': 'OPTIONS', ':path': '*' }), raw({}, 'expect', '100-Continue'), raw({ ':authority': 'A.test:8443' })])(
  '%s is taken',
  (...fields) => {
    expect(verdict(fields)).toBe('taken')
  },
)
