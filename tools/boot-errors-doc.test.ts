import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
// @ts-expect-error -- the tools are plain JavaScript without declarations
import * as tool from './boot-errors-doc.mjs'

const { bootCodes, page, written, writtenCodes } = tool as {
  readonly bootCodes: { readonly [part: string]: { readonly [code: string]: readonly [what: string, fix: string] } }
  readonly page: string
  readonly written: () => string
  readonly writtenCodes: () => readonly string[]
}
const codes = Object.values(bootCodes).flatMap((it) => Object.keys(it))

test('every code of a boot problem in the sources is explained, and every one that is explained is in the sources', () => {
  expect(codes.toSorted()).toEqual(writtenCodes())
})

test('the codes are found however they are written', () => {
  expect(writtenCodes()).toEqual(
    expect.arrayContaining(['duplicate-service', 'bad-template', 'unknown-slot', 'reply-cannot-strip', 'service-cycle', 'config-file']),
  )
})

test('docs/boot-errors.md is what the list says; else run node tools/boot-errors-doc.mjs --update', () => {
  const text = readFileSync(page, 'utf8')
  expect(text).toBe(written())
  expect([...text.matchAll(/^\| `([\w-]+)` \|/gm)].map((match) => match[1])).toEqual(codes)
})

test('no cell breaks its table', () => {
  for (const cell of Object.values(bootCodes).flatMap((it) => Object.values(it).flat())) expect(cell).not.toMatch(/[|\n]/)
})
