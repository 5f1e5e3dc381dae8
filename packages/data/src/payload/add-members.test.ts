import { expect, test } from 'vitest'
import { addMembers } from './add-members.ts'
import { parsePayload } from './payload.ts'

const add = (body: string, columns?: string[]): ReturnType<typeof addMembers> => {
  let count = 0
  const payload = parsePayload({ contentType: { kind: 'json' }, columns: columns?.map((name) => ({ name, at: 0 })) }, body)
  return addMembers(payload, () => ({ id: ++count, at: 'now' }))
}

test.each([
  ['{"a": 12345678901234567890}', '[{"a": 12345678901234567890,"id":1,"at":"now"}]'],
  [
    '[{"a":"}]\\"{[","b":[{"c":[{}]}]}, {"a":1,"b":{}}]',
    '[{"a":"}]\\"{[","b":[{"c":[{}]}],"id":1,"at":"now"}, {"a":1,"b":{},"id":2,"at":"now"}]',
  ],
  ['{ }', '[{ "id":1,"at":"now"}]'],
  ['[{},\n{"":""}]', '[{"id":1,"at":"now"},\n{"":"","id":2,"at":"now"}]'],
])('members are added to %s at the end', (body, expected) => {
  const made = add(body, ['a'])
  expect(made.json).toBe(expected)
  expect(made.columns).toEqual(['a', 'id', 'at'])
  expect([...made.trusted!]).toEqual(['id', 'at'])
})

test('a member of the client with the same name comes before ours, which counts', () => {
  const made = add('{"id":"mine","a":1}', ['a'])
  expect(JSON.parse(made.json)).toEqual([{ id: 1, a: 1, at: 'now' }])
})

test('no rows stay no rows', () => {
  expect(add('[]').json).toBe('[]')
})
