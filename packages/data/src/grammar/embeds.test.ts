import { expect, test } from 'vitest'
import { Budget } from './budget.ts'
import { Cursor } from './cursor.ts'
import { embedAt, embedNamed, embedNames, notEmbedded } from './embeds.ts'
import { parseSelect } from './select.ts'

const select = parseSelect(new Cursor('id,a:b(c(),d:c(e())),b(),...f(),g:b()', 'text', new Budget()))

test.each([
  [[], undefined],
  [['a'], 'b'],
  [['b'], 'b'],
  [['f'], 'f'],
  [['a', 'd', 'e'], 'e'],
  [['a', 'x'], undefined],
  [['id'], undefined],
  [['b', 'c'], undefined],
])('%j leads to %s', (path, relation) => {
  expect(embedAt(select, path)?.relation).toBe(relation)
})

test('an alias wins over a relation, and of relations the first', () => {
  expect(embedNamed(select, 'b')?.alias).toBeUndefined()
  const aliased = parseSelect(new Cursor('x:b(),y:b(),b:z()', 'text', new Budget()))
  expect(embedNamed(aliased, 'b')?.relation).toBe('z')
  expect(embedNamed(aliased.slice(0, 2), 'b')?.alias).toBe('x')
})

test('embeds are known by alias, or else by relation', () => {
  expect([...embedNames(select)]).toEqual(['a', 'b', 'f', 'g'])
})

test('what is not embedded is told as PGRST108', () => {
  expect(notEmbedded('x').toJSON()).toEqual({
    code: 'PGRST108',
    message: `'x' is not an embedded resource in this request`,
    details: null,
    hint: `Verify that 'x' is included in the 'select' query parameter.`,
  })
})
