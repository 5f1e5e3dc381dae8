import { expect, test } from 'vitest'
import { parseAccept } from './accept.ts'

const kinds = (header: string | undefined): string[] => parseAccept(header).map(({ media }) => media.kind)

test.each([
  [undefined, ['any']],
  ['', ['any']],
  ['*/*', ['any']],
  ['*', ['any']],
  ['text/csv', ['csv']],
  ['text/unknowntype, text/csv', ['other', 'csv']],
  ['text/*, application/json;q=0.5', ['within', 'json']],
  ['text/html,application/xml;q=0.9,image/webp,*/*;q=0.8', ['other', 'other', 'other', 'any']],
  ['application/json;q=0.1, text/csv;q=0.9', ['csv', 'json']],
  ['application/json;q=0, text/csv; Q=0.001', ['csv']],
  ['application/json;q=high, text/csv;q=1.000', ['csv']],
  ['application/json;q=0', []],
  [',, ,', []],
  ['application/vnd.pgrst.plan; for="a/b,c;q=0"; q=0.5, text/csv', ['csv', 'plan']],
])('%j takes %j', (header, accepted) => {
  expect(kinds(header)).toEqual(accepted)
})

test('a member is kept as it was sent, without its weight', () => {
  expect(parseAccept('text/Unknown; a=b; q=0.5;c=d, undefined').map(({ text }) => text)).toEqual(['undefined', 'text/Unknown; a=b;c=d'])
})

test('a whole type is told by its name', () => {
  expect(parseAccept('Text/*')).toEqual([{ media: { kind: 'within', type: 'text' }, text: 'Text/*' }])
})

test('members beyond the 64th are not read', () => {
  expect(parseAccept(`${'a/b,'.repeat(64)}text/csv`)).toHaveLength(64)
})
