import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { builtinProblems } from './problem-catalogue.ts'

// Clients are written against the page: a code that changed its status or title there would be another problem.
const page = readFileSync(new URL('../../../../docs/errors.md', import.meta.url), 'utf8')

function onThePage(): readonly unknown[] {
  let status = 0
  return page.split('\n').flatMap((line) => {
    status = Number(/^## (\d+)$/.exec(line)?.[1] ?? status)
    const [, code, title, help] = /^\| `(.+?)` \| (.+?) \| (.+?) \|$/.exec(line) ?? []
    return code === undefined ? [] : [[code, { status, title, help }]]
  })
}

test('a code means what the page of errors tells of it', () => {
  expect(Object.fromEntries(onThePage() as [string, object][])).toEqual(builtinProblems)
})
