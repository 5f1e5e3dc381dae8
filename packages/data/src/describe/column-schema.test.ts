import { expect, test } from 'vitest'
import { readSqlType } from '../model/sql-type.ts'
import { columnSchema } from './column-schema.ts'

test.each([
  ['text[]', { type: ['string', 'null'] }],
  ['varchar(20)[]', { type: ['string', 'null'] }],
  ['integer[]', { type: ['integer', 'null'], format: 'int32' }],
  ['uuid[]', { type: ['string', 'null'], format: 'uuid' }],
  ['boolean[]', { type: ['boolean', 'null'] }],
  ['jsonb[]', {}],
])('elements of %s are described', (ddl, items) => {
  const column = { ...readSqlType(ddl, undefined), name: 'c', nullable: false } as Parameters<typeof columnSchema>[0]
  expect(columnSchema(column)).toEqual({ type: 'array', items })
})
