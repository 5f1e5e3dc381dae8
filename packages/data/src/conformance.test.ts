// Conformance: PostgREST's own exchanges on plain tables, answered by a real PostgreSQL.
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { type Case, runCases } from './fixtures/conformance.ts'
import { hasPostgres } from './fixtures/database.ts'

const folder = new URL('../../../../shared/cases/postgrest/', import.meta.url)
const file = fileURLToPath(new URL('cases.json', folder))
const here = existsSync(file)
if (!here) console.warn(`SKIPPED: nothing was held against PostgREST's cases, there is no ${file}`)

const reached = JSON.parse(readFileSync(new URL('../conformance.json', import.meta.url), 'utf8')) as {
  readonly passed: number
  readonly leftOut: { readonly [id: string]: string }
}

describe.skipIf(!here || !(await hasPostgres()))('the cases of PostgREST', () => {
  test('pass, but for those left out with a reason', { timeout: 60_000 }, async () => {
    const cases = JSON.parse(readFileSync(file, 'utf8')) as Case[]
    const results = await runCases(cases, fileURLToPath(new URL('fixture.sql', folder)))
    const failed = results.filter((it) => it.failure !== undefined && !(it.case.id in reached.leftOut))
    expect(failed.map((it) => `${it.case.id}: ${it.failure}`)).toEqual([])
    expect(results.filter((it) => it.failure === undefined).length).toBeGreaterThanOrEqual(reached.passed)
  })
})
