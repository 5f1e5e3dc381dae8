import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { HttpFailure } from '../packages/plinth/src/http/failures.ts'
import { problemKind } from '../packages/plinth/src/http/problem.ts'
import type { Catalogue } from '../packages/plinth/src/http/problem-catalogue.ts'
// @ts-expect-error -- the tools are plain JavaScript without declarations
import * as tool from './errors-doc.mjs'

interface Catalogues {
  readonly builtinProblems: Catalogue
  readonly dataProblems: Catalogue
}

const { answered, catalogue, page, reserved, restAnswered, restCodes, uses, written } = tool as {
  readonly answered: () => readonly string[]
  readonly catalogue: () => Promise<Catalogues>
  readonly restAnswered: () => readonly string[]
  readonly restCodes: { readonly [code: string]: readonly [why: string, fix: string] }
  readonly page: string
  readonly reserved: { readonly [code: string]: string }
  readonly uses: (codes: readonly string[]) => { readonly [code: string]: readonly string[] }
  readonly written: (catalogues: Catalogues) => string
}
const catalogues = await catalogue()
const codes = Object.keys(catalogues.builtinProblems)
const ofData = Object.keys(catalogues.dataProblems)

describe('docs/errors.md', () => {
  const text = readFileSync(page, 'utf8')
  const documented = [...text.matchAll(/^\| `([\w-]+)` \|/gm)].map((match) => match[1] as string)

  test('has every code of the catalogues, once, and no other', () => {
    expect(documented.toSorted()).toEqual([...codes, ...ofData, ...Object.keys(restCodes)].toSorted())
  })

  test('has every code that a package answers with', () => {
    const known = new Set([...codes, ...ofData])
    const all = answered()
    expect(all.length).toBeGreaterThan(20)
    expect(all.filter((code) => !known.has(code))).toEqual([])
    expect(ofData.filter((code) => !all.includes(code))).toEqual([])
  })

  test('has every code of PostgREST that a package answers with, and no other', () => {
    expect(Object.keys(restCodes).toSorted()).toEqual(restAnswered())
  })

  test('is what the catalogues say; else run node tools/errors-doc.mjs --update', () => {
    expect(text).toBe(written(catalogues))
  })
})

describe('the catalogue', () => {
  const found = uses(codes)

  test('has no code that nothing answers with, unless it is reserved', () => {
    expect(codes.filter((code) => found[code]?.length === 0 && !(code in reserved))).toEqual([])
  })

  test('reserves no code that is not there or that the framework answers with after all', () => {
    const wrong = Object.keys(reserved).filter((code) => !codes.includes(code) || found[code]?.length !== 0)
    expect(wrong).toEqual([])
  })

  test('has every failure to read a request, under the same status', () => {
    const source = readFileSync(new URL('../packages/plinth/src/http/failures.ts', import.meta.url), 'utf8')
    const failures = [...source.matchAll(/^ {2}'([\w-]+)': \[\d+,/gm)].map(
      (match) => match[1] as ConstructorParameters<typeof HttpFailure>[0],
    )
    expect(failures.length).toBeGreaterThan(5)
    for (const code of failures) expect([code, problemKind(code)?.status]).toEqual([code, new HttpFailure(code).status])
  })
})
