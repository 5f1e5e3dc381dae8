import { expect, test } from 'vitest'
import type { Cursor } from './cursor.ts'
import { read, refusal } from './fixtures/reading.ts'
import { parseJsonPath } from './json-path.ts'
import type { JsonStep } from './request.ts'

const whole = (cursor: Cursor): JsonStep[] => {
  const path = parseJsonPath(cursor)
  cursor.expectEnd()
  return path
}
const json = (key: string | number): object => ({ text: false, key })
const text = (key: string | number): object => ({ text: true, key })

test.each([
  ['', []],
  ['->a', [json('a')]],
  ['->>a', [text('a')]],
  ['->a->>b', [json('a'), text('b')]],
  ['->0', [json(0)]],
  ['->-0', [json(0)]],
  ['->-2->>a', [json(-2), text('a')]],
  ['->2147483647', [json(2_147_483_647)]],
  ['->0->0xy1->1->23-xy-45->1->xy-6->>0', [json(0), json('0xy1'), json(1), json('23-xy-45'), json(1), json('xy-6'), text(0)]],
  ['->!@#$%^&*_d', [json('!@#$%^&*_d')]],
  ['-> spaced key ', [json('spaced key')]],
  ['->"a.b->c"', [json('a.b->c')]],
  ['->""', [json('')]],
  ['->人', [json('人')]],
])('%j is read', (input, path) => {
  expect(read(whole, input)).toEqual(path)
})

test.each([
  ['->1)', 'key', '1'],
  ['->1.desc', 'index', 1],
  ['->1::int', 'index', 1],
  ['->1,b', 'index', 1],
])('%j begins with a %s', (input, _, key) => {
  expect(read(parseJsonPath, input)).toEqual([json(key)])
})

test.each([
  ['->', '3: unexpected end of input expecting a JSON key or an index'],
  ['->>', '4: unexpected end of input expecting a JSON key or an index'],
  ['->->a', '3: unexpected "-" expecting a JSON key or an index'],
  ['->>-78xy', '4: unexpected "-" expecting a JSON key or an index'],
  ['->>--34', '4: unexpected "-" expecting a JSON key or an index'],
  ['->a-', '5: unexpected end of input expecting a JSON key or an index'],
  ['->(a', '3: unexpected "(" expecting a JSON key or an index'],
  ['->"a', '5: unexpected end of input expecting a closing quote (")'],
  ['->2147483648', '3: unexpected "2147483648" expecting an index between -2147483647 and 2147483647'],
  ['->99999999999999999999', '3: unexpected "99999999999999999999" expecting an index between -2147483647 and 2147483647'],
])('%j is refused', (input, why) => {
  expect(refusal(whole, input)).toBe(why)
})

test('has as many steps as the limit says', () => {
  expect(read(whole, '->a->b', { jsonSteps: 2 })).toHaveLength(2)
  expect(refusal(whole, '->a->b->c', { jsonSteps: 2 })).toBe('10: a JSON path can have 2 steps at most')
})
