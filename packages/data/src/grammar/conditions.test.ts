import { describe, expect, test } from 'vitest'
import { Budget } from './budget.ts'
import { parseFilter, parseLogic } from './conditions.ts'
import { Cursor } from './cursor.ts'
import { read, refusal } from './fixtures/reading.ts'
import type { Condition, Field } from './request.ts'

const id: Field = { name: 'id', path: [], at: 0 }
const none: ReadonlySet<string> = new Set()
const filter = (cursor: Cursor): Condition => parseFilter(cursor, id, none)
const logic = (cursor: Cursor): Condition => parseLogic(cursor, 'and', false, none)

const compare = (operator: string, value: string, quantifier?: string): object => ({
  kind: 'compare',
  operator,
  ...(quantifier === undefined ? {} : { quantifier }),
  value,
})
const isIn = (...values: string[]): object => ({ kind: 'in', values })
const is = (value: string): object => ({ kind: 'is', value })
const fts = (operator: string, value: string, config?: string): object => ({
  kind: 'fts',
  operator,
  ...(config === undefined ? {} : { config }),
  value,
})

describe('the value of a filter', () => {
  test.each<[string, object]>([
    ...['eq', 'neq', 'gt', 'gte', 'lt', 'lte', 'match', 'imatch', 'isdistinct', 'cs', 'cd', 'ov', 'sl', 'sr', 'nxr', 'nxl', 'adj'].map(
      (operator) => [`${operator}.5`, compare(operator, '5')] satisfies [string, object],
    ),
    ...['fts', 'plfts', 'phfts', 'wfts'].map((operator) => [`${operator}.fun`, fts(operator, 'fun')] satisfies [string, object]),
    ['eq.', compare('eq', '')],
    ['eq.a.b,c(d)"e" ', compare('eq', 'a.b,c(d)"e" ')],
    ['eq."quotes stay"', compare('eq', '"quotes stay"')],
    ['eq.{1,2}', compare('eq', '{1,2}')],
    ['ov.[1,3)', compare('ov', '[1,3)')],
    ['eq.not.eq.1', compare('eq', 'not.eq.1')],
    ['like.*a%b*', compare('like', '%a%b%')],
    ['ilike.*', compare('ilike', '%')],
    ['match..*', compare('match', '.*')],
    ['like(any).{O*,P*}', compare('like', '{O%,P%}', 'any')],
    ['eq(any).{3,4}', compare('eq', '{3,4}', 'any')],
    ['lte(all).{4,3}', compare('lte', '{4,3}', 'all')],
    ['imatch(all).{a}', compare('imatch', '{a}', 'all')],
    ['fts(french).amusant', fts('fts', 'amusant', 'french')],
    ['wfts(my config).a or "b"', fts('wfts', 'a or "b"', 'my config')],
    ['is.null', is('null')],
    ['is.NoT_NuLl', is('not_null')],
    ['is.TRUE', is('true')],
    ['is.false', is('false')],
    ['is.unknown', is('unknown')],
    ['in.(1,3,5)', isIn('1', '3', '5')],
    ['in.()', isIn()],
    ['in.( )', isIn()],
    ['in.("")', isIn('')],
    ['in.(,)', isIn('', '')],
    ['in. ( a, b ) ', isIn('a', ' b ')],
    ['in.("Hebdon, John",David White)', isIn('Hebdon, John', 'David White')],
    [String.raw`in.("\\","a\"b",\)`, isIn('\\', 'a"b', '\\')],
    ['in.(")', isIn('"')],
    ['in.(Double"Quote"McGraw")', isIn('Double"Quote"McGraw"')],
    ['in.("a"b,c)', isIn('"a"b', 'c')],
    ['in.("a,"b")', isIn('"a', 'b')],
  ])('%j', (text, operation) => {
    expect(read(filter, text)).toEqual({ kind: 'filter', field: { name: 'id', path: [] }, not: false, operation })
    expect(read(filter, `not.${text}`)).toMatchObject({ not: true, operation })
  })

  test.each([
    ['', '1: unexpected end of input expecting "not" or operator (eq, gt, ...)'],
    ['5', '1: unexpected "5" expecting "not" or operator (eq, gt, ...)'],
    ['noop.0', '1: unexpected "noop" expecting "not" or operator (eq, gt, ...)'],
    ['not.noop.0', '5: unexpected "noop" expecting operator (eq, gt, ...)'],
    ['not.not.eq.0', '5: unexpected "not" expecting operator (eq, gt, ...)'],
    ['EQ.0', '1: unexpected "EQ" expecting "not" or operator (eq, gt, ...)'],
    ['eq', '3: unexpected end of input expecting delimiter (.)'],
    ['eq5', '3: unexpected "5" expecting delimiter (.)'],
    ['eq(some).1', '3: unexpected "(" expecting (any), (all) or delimiter (.)'],
    ['neq(any).{1}', '4: unexpected "(" expecting delimiter (.)'],
    ['cs(all).{1}', '3: unexpected "(" expecting delimiter (.)'],
    ['fts', '4: unexpected end of input expecting delimiter (.)'],
    ['fts().a', '5: unexpected ")" expecting letter or digit'],
    ["fts(a').a", `6: unexpected "'" expecting ")"`],
    ['fts(a', '6: unexpected end of input expecting ")"'],
    ['fts(a)b', '7: unexpected "b" expecting delimiter (.)'],
    ['is', '3: unexpected end of input expecting delimiter (.)'],
    ['is.nul', '4: unexpected "nul" expecting null or trilean value (null, not_null, unknown, true, false)'],
    ['is.nullx', '4: unexpected "nullx" expecting null or trilean value (null, not_null, unknown, true, false)'],
    ['is.null.x', '8: unexpected "." expecting end of input'],
    ['in', '3: unexpected end of input expecting delimiter (.)'],
    ['in.1,2', '4: unexpected "1" expecting "("'],
    ['in.(1', '6: unexpected end of input expecting "," or ")"'],
    ['in.(1)2', '7: unexpected "2" expecting end of input'],
  ])('%j is refused', (text, why) => {
    expect(refusal(filter, text)).toBe(why)
  })

  test('a list is as long as the limit says', () => {
    expect(refusal(filter, 'in.(1,2,3)', { listValues: 2 })).toBe('10: a list can have 2 values at most')
  })
})

describe('and, or', () => {
  const on = (name: string, operation: object, not = false): object => ({ kind: 'filter', field: { name, path: [] }, not, operation })
  const group = (operator: string, terms: readonly object[], not = false): object => ({ kind: 'logic', operator, not, terms })

  test.each([
    ['(id.eq.1)', [on('id', compare('eq', '1'))]],
    [' ( id.eq.1 , id.eq.2)', [on('id', compare('eq', '1 ')), on('id', compare('eq', '2'))]],
    ['(id.not.in.(1,2),x.is.null )', [on('id', isIn('1', '2'), true), on('x', is('null'))]],
    ['(name.eq."(a,b)",name.like."*x,y*")', [on('name', compare('eq', '(a,b)')), on('name', compare('like', '%x,y%'))]],
    ['(name.eq."a"b)', [on('name', compare('eq', '"a"b'))]],
    ['(arr.cs.{1,2},arr.cd.{1})', [on('arr', compare('cs', '{1,2}')), on('arr', compare('cd', '{1}'))]],
    ['(a.eq.{x)', [on('a', compare('eq', '{x'))]],
    ['(a.eq.,b.eq.)', [on('a', compare('eq', '')), on('b', compare('eq', ''))]],
    ['(id.eq(any).{1,2})', [on('id', compare('eq', '{1,2}', 'any'))]],
    ['(v.plfts(german).Art Spass, v.not.fts.x)', [on('v', fts('plfts', 'Art Spass', 'german')), on('v', fts('fts', 'x'), true)]],
    ['(and(a.eq.1,b.eq.2))', [group('and', [on('a', compare('eq', '1')), on('b', compare('eq', '2'))])]],
    ['( not.or ( a.eq.1 ) )', [group('or', [on('a', compare('eq', '1 '))], true)]],
    ['(and.eq.1,or.eq.2)', [on('and', compare('eq', '1')), on('or', compare('eq', '2'))]],
    [
      '(not.eq.1,order.eq.2,android.eq.3)',
      [on('not', compare('eq', '1')), on('order', compare('eq', '2')), on('android', compare('eq', '3'))],
    ],
    ['("a.b".eq.1)', [on('a.b', compare('eq', '1'))]],
    [
      '(d->0->>k.eq.1)',
      [
        {
          kind: 'filter',
          field: {
            name: 'd',
            path: [
              { text: false, key: 0 },
              { text: true, key: 'k' },
            ],
          },
          not: false,
          operation: compare('eq', '1'),
        },
      ],
    ],
  ])('%j', (text, terms) => {
    expect(read(logic, text)).toEqual(group('and', terms))
  })

  test.each([
    ['', '1: unexpected end of input expecting "("'],
    ['id.eq.1', '1: unexpected "id" expecting "("'],
    ['()', '2: unexpected ")" expecting field name (* or [a..z0..9_$]), negation operator (not) or logic operator (and, or)'],
    ['(a.eq.1,)', '9: unexpected ")" expecting field name (* or [a..z0..9_$]), negation operator (not) or logic operator (and, or)'],
    ['(a.eq.1', '8: unexpected end of input expecting "," or ")"'],
    ['(a.eq.1)x', '9: unexpected "x" expecting end of input'],
    ['(a)', '3: unexpected ")" expecting delimiter (.)'],
    ['(xor(a.eq.1))', '5: unexpected "(" expecting delimiter (.)'],
    ['(a.eq.1,not.xor(b.eq.2))', '13: unexpected "xor" expecting "not" or operator (eq, gt, ...)'],
    ['(id.in.1,2)', '8: unexpected "1" expecting "("'],
    ['(a.cs.{1}2)', '10: unexpected "2" expecting "," or ")"'],
    ['(and())', '6: unexpected ")" expecting field name (* or [a..z0..9_$]), negation operator (not) or logic operator (and, or)'],
  ])('%j is refused', (text, why) => {
    expect(refusal(logic, text)).toBe(why)
  })

  test('are nested as deep as the limit says', () => {
    expect(refusal(logic, '(and(or(a.eq.1)))', { logicDepth: 2 })).toBe('8: and/or can be nested 2 levels deep at most')
  })

  test('have as many filters as the limit says', () => {
    expect(refusal(logic, '(a.eq.1,or(b.eq.2,c.eq.3))', { filters: 2 })).toBe('19: a request can have 2 filters at most')
  })

  test('nodes know where they stand', () => {
    expect(logic(new Cursor('(a.eq.1,not.or(b->c.eq.2))', 'text', new Budget()))).toMatchObject({
      at: 0,
      terms: [{ at: 1 }, { at: 8, terms: [{ at: 15, field: { at: 15, path: [{ at: 16 }] } }] }],
    })
  })
})

describe('null asked of an embed', () => {
  const embeds = new Set(['clients'])
  const clients = (text: string, path: Field['path'] = []): unknown =>
    read((cursor) => parseFilter(cursor, { name: 'clients', path, at: 0 }, embeds), text)

  test.each([
    ['is.null', false],
    ['not.is.null', true],
    ['is.not_null', true],
    ['not.is.not_null', false],
  ])('%s means whether there is anything', (text, not) => {
    expect(clients(text)).toEqual({ kind: 'embed-is-null', embed: 'clients', not })
  })

  test('any other operator, and a path into it, mean a column', () => {
    expect(clients('is.true')).toMatchObject({ kind: 'filter' })
    expect(clients('eq.1')).toMatchObject({ kind: 'filter' })
    expect(clients('is.null', [{ text: false, key: 'a', at: 0 }])).toMatchObject({ kind: 'filter' })
  })

  test('may stand inside or', () => {
    const parse = (cursor: Cursor): Condition => parseLogic(cursor, 'or', false, embeds)
    expect(read(parse, '(clients.not.is.null,id.is.null)')).toMatchObject({
      terms: [{ kind: 'embed-is-null', not: true }, { kind: 'filter' }],
    })
  })
})
