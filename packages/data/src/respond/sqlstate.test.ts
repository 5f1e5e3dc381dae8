import { expect, test } from 'vitest'
import { statusOfSqlstate } from './sqlstate.ts'

test.each([
  ['08006', 503],
  ['23503', 409],
  ['23505', 409],
  ['23502', 400],
  ['22P02', 400],
  ['25006', 405],
  ['25001', 500],
  ['21000', 500],
  ['42883', 404],
  ['42P01', 404],
  ['42P17', 500],
  ['42703', 400],
  ['28000', 403],
  ['40001', 500],
  ['53400', 500],
  ['53300', 503],
  ['57P01', 503],
  ['57014', 500],
  ['P0001', 400],
  ['P0002', 500],
  ['PT418', 418],
  ['PT999', 400],
  ['XX000', 500],
])('%s is %i', (state, status) => {
  expect(statusOfSqlstate(state, 'a message', true)).toBe(status)
})

test('what is forbidden may be allowed to somebody who signs in', () => {
  expect(statusOfSqlstate('42501', '', true)).toBe(403)
  expect(statusOfSqlstate('42501', '', false)).toBe(401)
})

test("a write without a filter is the asker's mistake", () => {
  expect(statusOfSqlstate('21000', 'DELETE requires a WHERE clause', true)).toBe(400)
})

test('a role that does not exist may be mended by another token, another parameter may not', () => {
  expect(statusOfSqlstate('22023', 'role "nobody" does not exist', true)).toBe(401)
  expect(statusOfSqlstate('22023', 'invalid value for parameter "TimeZone": "x"', true)).toBe(400)
})
