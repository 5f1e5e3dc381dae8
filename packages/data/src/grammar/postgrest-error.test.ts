import { expect, test } from 'vitest'
import { PostgrestError } from './postgrest-error.ts'

test('an error has the status of its code, and the body that clients read', () => {
  const error = new PostgrestError('PGRST201', 'which?', [{ embedding: 'a with b' }], 'try one')
  expect(error).toMatchObject({ name: 'PostgrestError', status: 300 })
  expect(JSON.stringify(error)).toBe('{"code":"PGRST201","message":"which?","details":[{"embedding":"a with b"}],"hint":"try one"}')
  expect(JSON.stringify(new PostgrestError('PGRST125', 'gone'))).toBe('{"code":"PGRST125","message":"gone","details":null,"hint":null}')
})
