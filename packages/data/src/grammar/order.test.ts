import { expect, test } from 'vitest'
import { read, refusal } from './fixtures/reading.ts'
import { parseOrder } from './order.ts'

const by = (name: string, more: object = {}): object => ({ field: { name, path: [] }, ...more })

test.each([
  ['id', [by('id')]],
  ['id.asc', [by('id', { direction: 'asc' })]],
  ['id.desc.nullsfirst', [by('id', { direction: 'desc', nulls: 'first' })]],
  ['id.nullslast', [by('id', { nulls: 'last' })]],
  ['a.asc.nullslast, b ,"c.d".desc', [by('a', { direction: 'asc', nulls: 'last' }), by('b'), by('c.d', { direction: 'desc' })]],
  [
    'd->0->>k.desc',
    [
      {
        field: {
          name: 'd',
          path: [
            { text: false, key: 0 },
            { text: true, key: 'k' },
          ],
        },
        direction: 'desc',
      },
    ],
  ],
  ['clients(name)', [by('name', { embed: 'clients' })]],
  ['clients( name ).desc.nullsfirst,id', [by('name', { embed: 'clients', direction: 'desc', nulls: 'first' }), by('id')]],
  ['c(d->k)', [{ embed: 'c', field: { name: 'd', path: [{ text: false, key: 'k' }] } }]],
  ['desc.desc', [by('desc', { direction: 'desc' })]],
])('%j', (text, terms) => {
  expect(read(parseOrder, text)).toEqual(terms)
})

test.each([
  ['', '1: unexpected end of input expecting field name (* or [a..z0..9_$])'],
  ['id,', '4: unexpected end of input expecting field name (* or [a..z0..9_$])'],
  ['id.', '4: unexpected end of input expecting "asc", "desc", "nullsfirst" or "nullslast"'],
  ['id.descc', '4: unexpected "descc" expecting "asc", "desc", "nullsfirst" or "nullslast"'],
  ['id.DESC', '4: unexpected "DESC" expecting "asc", "desc", "nullsfirst" or "nullslast"'],
  ['id.asc.desc', '8: unexpected "desc" expecting "nullsfirst" or "nullslast"'],
  ['id.nullsfirst.asc', '14: unexpected "." expecting "," or end of input'],
  ['id.asc x', '8: unexpected "x" expecting delimiter (.), "," or end of input'],
  ['clients(name,id)', '13: unexpected "," expecting ")"'],
  ['clients()', '9: unexpected ")" expecting field name (* or [a..z0..9_$])'],
  ['clients(a)b', '11: unexpected "b" expecting delimiter (.), "," or end of input'],
  ['id!', '3: unexpected "!" expecting delimiter (.), "," or end of input'],
])('%j is refused', (text, why) => {
  expect(refusal(parseOrder, text)).toBe(why)
})

test('has as many terms as the limit says', () => {
  expect(refusal(parseOrder, 'a,b,c', { orderTerms: 2 })).toBe('5: a request can have 2 order terms at most')
})
