import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { engines, type Template, type TestEngine } from '../fixtures/engines.ts'
import { uniqueViolation } from './unique-violation.ts'

const sql = `
  CREATE TABLE people (id int PRIMARY KEY, email text CONSTRAINT one_address UNIQUE, "given, name" text, born int);
  CREATE UNIQUE INDEX one_person ON people (lower("given, name"), coalesce(born, 0));
  INSERT INTO people VALUES (1, 'ada@x.test', 'Ada', 1815)`

describe.each(engines)('a key that is taken ($kind)', ({ template }) => {
  let origin: Template
  let database: TestEngine
  beforeAll(async () => {
    origin = await template(sql)
    database = await origin.clone()
  }, 60_000)
  afterAll(async () => {
    await database?.[Symbol.asyncDispose]()
    await origin?.[Symbol.asyncDispose]()
  })
  const failure = (values: string): Promise<unknown> =>
    database.engine.query({ text: `INSERT INTO people VALUES (${values})`, values: [] }).then(
      () => undefined,
      (error: unknown) => error,
    )

  test('is told with its constraint, table and columns, without its values', async () => {
    const error = await failure(`2, 'ada@x.test', 'Eve', 1900`)
    expect(uniqueViolation(error)).toEqual({ constraint: 'one_address', table: 'people', columns: ['email'] })
  })

  test('is found behind what wraps it', async () => {
    const cause = await failure(`1, 'eve@x.test', 'Eve', 1900`)
    expect(uniqueViolation(new Error('Failed query', { cause }))).toMatchObject({ constraint: 'people_pkey', columns: ['id'] })
  })

  test('of expressions names those as PostgreSQL writes them', async () => {
    const error = await failure(`2, 'eve@x.test', 'ADA', 1815`)
    expect(uniqueViolation(error)?.columns).toEqual(['lower("given, name")', 'COALESCE(born, 0)'])
  })

  test('is not what another failure says', async () => {
    expect(uniqueViolation(await failure(`NULL, 'eve@x.test', 'Eve', 1900`))).toBeUndefined()
    expect(uniqueViolation('23505')).toBeUndefined()
  })
})

test('whatever the language of the server', () => {
  const detail = 'Schlüssel »("E-Mail", a""b)=(x, y)« existiert bereits.'
  const error = Object.assign(new Error('doppelt'), { code: '23505', constraint: 'c', table: 't', detail })
  expect(uniqueViolation(error)?.columns).toEqual(['E-Mail', 'a""b'])
})
