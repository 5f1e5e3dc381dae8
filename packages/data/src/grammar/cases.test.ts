// Conformance: requests of PostgREST's own tests, of which only the reading is asked here.
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { parseRequest } from './parse-request.ts'
import { PostgrestError } from './postgrest-error.ts'

interface Case {
  readonly id: string
  readonly method: string
  readonly path: string
  readonly headers: readonly [name: string, value: string][]
  readonly expect: { readonly status: number; readonly code?: string; readonly body: unknown }
}

const file = fileURLToPath(new URL('../../../../../shared/cases/postgrest/cases.json', import.meta.url))
const cases: readonly Case[] = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Case[]) : []
if (cases.length === 0) console.warn(`SKIPPED: the grammar was not held against PostgREST's cases, there is no ${file}`)

/** Codes that nothing but the request itself leads to. Others, such as PGRST103, may also come from the data. */
const ofReading: ReadonlySet<string> = new Set(['PGRST100', 'PGRST114', 'PGRST117', 'PGRST122'])

/** Undefined when it could be read. */
function refusal({ method, path, headers }: Case): PostgrestError | undefined {
  const mark = path.indexOf('?')
  const [relation, query] = mark === -1 ? [path, ''] : [path.slice(0, mark), path.slice(mark + 1)]
  try {
    parseRequest({ method, relation: decodeURIComponent(relation.slice(1)), query, headers: new Headers(headers as [string, string][]) })
    return undefined
  } catch (error) {
    if (error instanceof PostgrestError) return error
    throw error
  }
}

describe.skipIf(cases.length === 0)('requests of PostgREST', () => {
  test.each(cases.map((it) => [it.id, it] as const))('%s', (_, it) => {
    const error = refusal(it)
    const { code, status, body } = it.expect
    if (error === undefined) {
      expect(ofReading.has(code ?? ''), `${it.path} should be refused as ${code}`).toBe(false)
      return
    }
    expect({ code: error.code, status: error.status, path: it.path }).toEqual({ code, status, path: it.path })
    // The text of a syntax error is a parser's own.
    if (body !== null) expect(error.toJSON()).toEqual(body)
  })
})
