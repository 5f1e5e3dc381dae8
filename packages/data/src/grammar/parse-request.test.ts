import { describe, expect, test } from 'vitest'
import { bare, thrown } from './fixtures/reading.ts'
import type { GrammarLimits } from './limits.ts'
import { parseRequest } from './parse-request.ts'
import { postgrestStatus } from './postgrest-error.ts'
import type { DataRequest } from './request.ts'

interface Sent {
  readonly method?: string
  readonly headers?: { readonly [name: string]: string }
  readonly limits?: Partial<GrammarLimits>
}

const parse = (query: string, { method = 'GET', headers = {}, limits }: Sent = {}): DataRequest =>
  parseRequest({ method, relation: 'items', query, headers: new Headers(headers) }, limits)

const refused = (query: string, sent?: Sent): object => {
  const error = thrown(() => parse(query, sent))
  expect(error.status).toBe(postgrestStatus[error.code as keyof typeof postgrestStatus])
  return error.toJSON()
}

test('an empty request is for everything, as JSON', () => {
  expect(parse('')).toEqual({
    method: 'GET',
    relation: 'items',
    schema: undefined,
    select: [{ kind: 'all', at: 0 }],
    where: [],
    order: [],
    pages: [],
    page: { offset: 0, limit: undefined },
    columns: undefined,
    onConflict: undefined,
    prefer: parse('').prefer,
    accept: [{ media: { kind: 'any' }, text: '*/*' }],
    contentType: undefined,
    canonicalQuery: '',
  })
})

test('only reads have an address that names them', () => {
  expect(parse('b=eq.1&a=eq.(2)').canonicalQuery).toBe('a=eq.%282%29&b=eq.1')
  expect(parse('a=eq.1', { method: 'HEAD' }).canonicalQuery).toBe('a=eq.1')
  expect(parse('a=eq.1', { method: 'PATCH' }).canonicalQuery).toBeUndefined()
})

test('every parameter goes where its key says', () => {
  const query = [
    'select=id,actors:people(name,roles())',
    'actors.roles.limit=2&actors.roles.offset=1&actors.limit=5&limit=7&offset=3&limit=8',
    'actors.name=like.x*&id=eq.1&id=gt.0&or=(a.eq.1,actors.is.null)&actors.not.and=(roles.not.is.null,b.eq.2)',
    'order=id&order=name.desc&actors.order=name',
    'columns=a,"b",a&on_conflict=a,c&noise',
  ].join('&')
  const filter = (name: string, operator: string, value: string): object => ({
    kind: 'filter',
    field: { name, path: [] },
    not: false,
    operation: { kind: 'compare', operator, value },
  })
  expect(bare(parse(query))).toMatchObject({
    where: [
      { path: ['actors'], key: 'actors.name', value: filter('name', 'like', 'x%') },
      { path: [], key: 'id', value: filter('id', 'eq', '1') },
      { path: [], key: 'id', value: filter('id', 'gt', '0') },
      {
        path: [],
        key: 'or',
        value: {
          kind: 'logic',
          operator: 'or',
          not: false,
          terms: [filter('a', 'eq', '1'), { kind: 'embed-is-null', embed: 'actors', not: false }],
        },
      },
      {
        path: ['actors'],
        key: 'actors.not.and',
        value: {
          kind: 'logic',
          operator: 'and',
          not: true,
          terms: [{ kind: 'embed-is-null', embed: 'roles', not: true }, filter('b', 'eq', '2')],
        },
      },
    ],
    order: [
      { path: [], key: 'order', value: [{ field: { name: 'id' } }] },
      { path: [], key: 'order', value: [{ field: { name: 'name' }, direction: 'desc' }] },
      { path: ['actors'], key: 'actors.order', value: [{ field: { name: 'name' } }] },
    ],
    pages: [
      { path: ['actors', 'roles'], value: { offset: 1, limit: 2 } },
      { path: ['actors'], value: { offset: 0, limit: 5 } },
    ],
    page: { offset: 3, limit: 8 },
    columns: [{ name: 'a' }, { name: 'b' }],
    onConflict: [{ name: 'a' }, { name: 'c' }],
  })
})

test('null asked of something that is no embed is about a column', () => {
  expect(parse('select=a()&b=is.null&x.a=is.null').where.map(({ value }) => value.kind)).toEqual(['filter', 'filter'])
})

describe('which rows', () => {
  test.each([
    ['GET', '', '5-9', { offset: 5, limit: 5 }],
    ['GET', 'limit=3', '0-1', { offset: 0, limit: 2 }],
    ['GET', 'limit=0', '5-9', { offset: 5, limit: 0 }],
    ['GET', 'limit=x&offset=1.5', '', { offset: 0, limit: undefined }],
    ['HEAD', 'limit=3', '0-1', { offset: 0, limit: 3 }],
    ['PATCH', 'limit=3', '0-1', { offset: 0, limit: undefined }],
    ['DELETE', 'offset=3', '0-1', { offset: 0, limit: undefined }],
    ['PUT', 'a.limit=3', '0-1', { offset: 0, limit: undefined }],
  ])('of %s ?%s with Range %j', (method, query, range, page) => {
    expect(parse(query, { method, headers: { range } }).page).toEqual(page)
  })

  test.each([
    ['GET', 'limit=-1', '', 'PGRST103'],
    ['GET', '', '1-0', 'PGRST103'],
    ['GET', 'limit=1', '5-9', 'PGRST103'],
    ['PUT', 'limit=1', '', 'PGRST114'],
    ['PUT', 'offset=0', '', 'PGRST114'],
  ])('%s ?%s with Range %j is refused as %s', (method, query, range, code) => {
    expect(refused(query, { method, headers: { range } })).toMatchObject({ code })
  })
})

describe('headers', () => {
  test('the schema of a read is in Accept-Profile, of a write in Content-Profile', () => {
    const headers = { 'accept-profile': ' a ', 'content-profile': 'b' }
    expect(parse('', { headers }).schema).toBe('a')
    expect(parse('', { headers, method: 'HEAD' }).schema).toBe('a')
    for (const method of ['POST', 'PATCH', 'PUT', 'DELETE']) expect(parse('', { headers, method }).schema).toBe('b')
    expect(parse('', { headers: { 'accept-profile': '' } }).schema).toBeUndefined()
  })

  test('headers may come from a map as well', () => {
    const headers = new Map([['prefer', 'count=exact']])
    expect(parseRequest({ method: 'GET', relation: 'items', query: '', headers }).prefer.count).toBe('exact')
  })

  test.each([
    ['GET', 'text/html', undefined],
    ['DELETE', 'text/html', undefined],
    ['POST', '', { kind: 'json' }],
    ['PATCH', 'text/csv', { kind: 'csv' }],
    ['PUT', 'application/x-www-form-urlencoded; charset=utf-8', { kind: 'form' }],
  ])('the body of %s with Content-Type %j', (method, type, media) => {
    expect(parse('', { method, headers: type === '' ? {} : { 'content-type': type } }).contentType).toEqual(media)
  })

  test.each(['text/html; charset=utf-8', 'application/vnd.pgrst.object+json', 'text/plain', 'nonsense'])(
    'a body in %j is refused',
    (type) => {
      expect(refused('', { method: 'POST', headers: { 'content-type': type } })).toEqual({
        code: 'PGRST102',
        message: `Content-Type not acceptable: ${type.split(';')[0]}`,
        details: null,
        hint: null,
      })
    },
  )

  test('unknown preferences are refused by those who insist', () => {
    expect(refused('', { headers: { prefer: 'handling=strict, x' } })).toMatchObject({ code: 'PGRST122' })
  })
})

test.each(['TRACE', 'get', '', 'CONNECT'])('the method %j is refused', (method) => {
  expect(refused('', { method })).toEqual({ code: 'PGRST117', message: `Unsupported HTTP method: ${method}`, details: null, hint: null })
})

describe('what can not be read', () => {
  test.each([
    ['select=id,', '"failed to parse select parameter (id,)" (line 1, column 4)'],
    ['columns=', '"failed to parse columns parameter ()" (line 1, column 1)'],
    ['on_conflict=a;b', '"failed to parse on_conflict parameter (a;b)" (line 1, column 2)'],
    ['id=noop.0', '"failed to parse filter (noop.0)" (line 1, column 1)'],
    ['a!b=eq.0', '"failed to parse tree path (a!b)" (line 1, column 2)'],
    ['a!b.limit=1', '"failed to parse tree path (a!b.limit)" (line 1, column 2)'],
    ['a!b.or=(c.eq.1)', '"failed to parse logic path (a!b.or)" (line 1, column 2)'],
    ['or=()', '"failed to parse logic tree (())" (line 1, column 2)'],
    ['order=id.up', '"failed to parse order (id.up)" (line 1, column 4)'],
    ['id=%FF', '"failed to parse the query string"'],
  ])('%s', (query, message) => {
    expect(refused(query)).toMatchObject({ code: 'PGRST100', message, hint: null })
  })

  test('is not sent back whole', () => {
    const { message } = thrown(() => parse(`select=!${'x'.repeat(1_000)}`))
    expect(message).toBe(`"failed to parse select parameter (!${'x'.repeat(199)}…)" (line 1, column 1)`)
    expect(thrown(() => parse(`order=!${'x'.repeat(198)}😀${'x'.repeat(9)}`)).message).toContain(`(!${'x'.repeat(198)}…)`)
    expect(thrown(() => parse(`order=a!${'x'.repeat(100)}`)).details).toBe('unexpected "!" expecting delimiter (.), "," or end of input')
    expect(String(thrown(() => parse(`id=${'x'.repeat(100)}`)).details)).toContain(`unexpected "${'x'.repeat(40)}" expecting`)
  })
})

describe('limits', () => {
  test.each([
    ['a=eq.1&b=eq.1&c=eq.1', { filters: 2 }, 'a request can have 2 filters at most'],
    ['a=eq.1&or=(b.eq.1,c.eq.1)', { filters: 2 }, 'a request can have 2 filters at most'],
    ['order=a,b&x.order=c', { orderTerms: 2 }, 'a request can have 2 order terms at most'],
    ['columns=a,b,c', { names: 2 }, 'at most 2 names can be given'],
    ['select=abcdef', { queryLength: 10 }, 'the query string can have 10 characters at most, it has 13'],
  ] as const)('of %s with %j', (query, limits, details) => {
    expect(refused(query, { limits })).toMatchObject({ code: 'PGRST100', details })
  })

  test('are 50 filters and 3 levels where nothing else is said', () => {
    const filters = (count: number): string => Array.from({ length: count }, (_, i) => `c${i}=eq.1`).join('&')
    expect(parse(filters(50)).where).toHaveLength(50)
    expect(refused(filters(51))).toMatchObject({ details: 'a request can have 50 filters at most' })
    expect(parse('select=a(b(c()))').select).toHaveLength(1)
    expect(refused('select=a(b(c(d())))')).toMatchObject({ details: 'resources can be embedded 3 levels deep at most' })
  })
})
