import { describe, expect, test } from 'vitest'
import { Budget } from './budget.ts'
import { Cursor } from './cursor.ts'
import { read, refusal } from './fixtures/reading.ts'
import { parseSelect } from './select.ts'

const all = { kind: 'all' }
const column = (name: string, more: object = {}): object => ({ kind: 'column', field: { name, path: [] }, ...more })
const count = (more: object = {}): object => ({ kind: 'count', ...more })
const embed = (relation: string, select: readonly object[], more: object = {}): object => ({
  kind: 'embed',
  relation,
  spread: false,
  select,
  ...more,
})
const arrow = (key: string | number, text = false): object => ({ text, key })

describe('columns', () => {
  test.each([
    ['', []],
    [' \t', []],
    ['*', [all]],
    ['*,id', [all, column('id')]],
    ['id, name , * ', [column('id'), column('name'), all]],
    ['myId:id', [column('id', { alias: 'myId' })]],
    ['"my id" : "i.d"', [column('i.d', { alias: 'my id' })]],
    ['id::text', [column('id', { cast: 'text' })]],
    ['x:id::double precision', [column('id', { alias: 'x', cast: 'double precision' })]],
    ['data->a->>0::int', [{ kind: 'column', field: { name: 'data', path: [arrow('a'), arrow(0, true)] }, cast: 'int' }]],
    ['not', [column('not')]],
    ['count', [column('count')]],
  ])('%j', (text, items) => {
    expect(read(parseSelect, text)).toEqual(items)
  })
})

describe('aggregates', () => {
  test.each([
    ['count()', [count()]],
    ['c:count()::text', [count({ alias: 'c', cast: 'text' })]],
    ['total.sum()', [column('total', { aggregate: 'sum' })]],
    ['a:total::int.avg()::text', [column('total', { alias: 'a', cast: 'int', aggregate: 'avg', aggregateCast: 'text' })]],
    [
      'a.count(),b.max(),c.min()',
      [column('a', { aggregate: 'count' }), column('b', { aggregate: 'max' }), column('c', { aggregate: 'min' })],
    ],
    [
      'jsonb_col->>key::integer.sum()',
      [{ kind: 'column', field: { name: 'jsonb_col', path: [arrow('key', true)] }, cast: 'integer', aggregate: 'sum' }],
    ],
  ])('%j', (text, items) => {
    expect(read(parseSelect, text)).toEqual(items)
  })
})

describe('embeds', () => {
  test.each([
    ['clients()', [embed('clients', [])]],
    ['clients( )', [embed('clients', [])]],
    ['clients(*)', [embed('clients', [all])]],
    ['c:clients(id, name)', [embed('clients', [column('id'), column('name')], { alias: 'c' })]],
    ['clients!inner(id)', [embed('clients', [column('id')], { join: 'inner' })]],
    ['clients!left!fk(id)', [embed('clients', [column('id')], { join: 'left', hint: 'fk' })]],
    ['clients!fk-1!inner()', [embed('clients', [], { join: 'inner', hint: 'fk-1' })]],
    ['clients!"inner"(id)', [embed('clients', [column('id')], { hint: 'inner' })]],
    ['"a(b" ( c )', [embed('a(b', [column('c')])]],
    ['...clients(name)', [embed('clients', [column('name')], { spread: true })]],
    ['...clients!fk!inner(n:name)', [embed('clients', [column('name', { alias: 'n' })], { spread: true, hint: 'fk', join: 'inner' })]],
    ['a(b(c()),...d(e)),f', [embed('a', [embed('b', [embed('c', [])]), embed('d', [column('e')], { spread: true })]), column('f')]],
    ['inner(id)', [embed('inner', [column('id')])]],
    ['a(data->0)', [embed('a', [{ kind: 'column', field: { name: 'data', path: [arrow('0')] } }])]],
  ])('%j', (text, items) => {
    expect(read(parseSelect, text)).toEqual(items)
  })
})

test.each([
  [',', '1: unexpected "," expecting field name (* or [a..z0..9_$])'],
  ['id,', '4: unexpected end of input expecting field name (* or [a..z0..9_$])'],
  ['id,,name', '4: unexpected "," expecting field name (* or [a..z0..9_$])'],
  ['id name!x', '10: unexpected end of input expecting "!" or "("'],
  [')', '1: unexpected ")" expecting "," or end of input'],
  ['a)', '2: unexpected ")" expecting "," or end of input'],
  ['a(b', '4: unexpected end of input expecting "," or ")"'],
  ['a(b))', '5: unexpected ")" expecting "," or end of input'],
  ['a(b)c', '5: unexpected "c" expecting ",", ")" or end of input'],
  ['*::text', '2: unexpected ":" expecting "," or end of input'],
  ['x:*', '3: unexpected "*" expecting field name (* or [a..z0..9_$])'],
  ['x:...a(b)', '3: unexpected "." expecting field name (* or [a..z0..9_$])'],
  ['...a', '5: unexpected end of input expecting "!" or "("'],
  ['..a(b)', '1: unexpected "." expecting field name (* or [a..z0..9_$])'],
  ['id::', '5: unexpected end of input expecting letter or digit'],
  ['id::int[]', '8: unexpected "[" expecting "->", "::", ".", "," or end of input'],
  ['id.median()', '4: unexpected "median" expecting an aggregate (sum(), avg(), count(), max(), min())'],
  ['id.sum', '4: unexpected "sum" expecting an aggregate (sum(), avg(), count(), max(), min())'],
  ['id.sum().max()', '9: unexpected "." expecting "::", "," or end of input'],
  ['count().sum()', '8: unexpected "." expecting "::", "," or end of input'],
  ['count(id)', '7: unexpected "id" expecting ")"'],
  ['data->a(b)', '8: unexpected "(" expecting "->", "::", ".", "," or end of input'],
  ['id[]', '3: unexpected "[" expecting "->", "::", ".", "," or end of input'],
  ['a!inner!left(b)', '8: the join is given twice, as !inner and !left'],
  ['a!x!y(b)', '4: an embed takes one hint, here are "x" and "y"'],
  ['a!(b)', '3: unexpected "(" expecting field name (* or [a..z0..9_$])'],
])('%j is refused', (text, why) => {
  expect(refusal(parseSelect, text)).toBe(why)
})

test('nodes know where they stand', () => {
  const [first, second] = parseSelect(new Cursor(' a:b->c, d(e)', 'text', new Budget()))
  expect(first).toMatchObject({ at: 1, field: { at: 3, path: [{ at: 4 }] } })
  expect(second).toMatchObject({ at: 9, select: [{ at: 11, field: { at: 11 } }] })
})

test('embeds are as deep as the limit says', () => {
  expect(read(parseSelect, 'a(b())', { embedDepth: 2 })).toHaveLength(1)
  expect(refusal(parseSelect, 'a(b(c()))', { embedDepth: 2 })).toBe('6: resources can be embedded 2 levels deep at most')
  expect(refusal(parseSelect, 'a()', { embedDepth: 0 })).toBe('2: resources can be embedded 0 levels deep at most')
})

test('items are as many as the limit says, wherever they stand', () => {
  expect(read(parseSelect, 'a(b)', { selectItems: 2 })).toHaveLength(1)
  expect(refusal(parseSelect, 'a(b),c', { selectItems: 2 })).toBe('6: a request can select 2 items at most')
})
