import { describe, expect, test } from 'vitest'
// @ts-expect-error -- the tools are plain JavaScript without declarations
import { applyDiff, commandsOf, fits, importedBy, installedBy, stepsOf } from './steps.mjs'

describe('what a tutorial says that a command prints', () => {
  test.each([
    [['one'], 'one\n', true],
    [['one'], 'two\n', false],
    [['one'], 'one\ntwo\n', false],
    [['one', ' two'], 'one \n two\n', true],
    [['one', 'two'], 'one\n two\n', false],
    [['{"at":"…"}'], '{"at":"2026"}', true],
    [['…', 'last'], 'a\nb\nlast\n', true],
    [['…', 'last'], 'last\n', true],
    [['…', 'last'], 'a\nb\n', false],
    [['a.c'], 'abc\n', false],
    [[], '', true],
    [[], 'a warning\n', false],
  ])('%j and %j fit: %j', (expected, printed, fit) => expect(fits(expected, printed)).toBe(fit))
})

test('steps are the blocks with a file and those of the console, each with its section', () => {
  const page = `## One
\`a.ts\`:

\`\`\`ts file=a.ts
let a
\`\`\`
\`\`\`sh
ls
\`\`\`
## Two
\`\`\`console stop
$ ls
a.ts
\`\`\``
  expect(stepsOf(page)).toEqual([
    { kind: 'file', line: 4, section: 'One', file: 'a.ts', marks: ['file=a.ts'], text: 'let a' },
    { kind: 'console', line: 11, section: 'Two', file: undefined, marks: ['stop'], text: '$ ls\na.ts' },
  ])
  const unnamed = 'a file:\n\n```ts file=a.ts\nlet a\n```'
  expect(() => stepsOf(unnamed)).toThrow('line 3: nothing that is shown says that this is a.ts')
  expect(() => stepsOf('```ts file=a.ts\nlet a')).toThrow('line 1: this block is never closed')
})

test('a console block is commands with what each prints', () => {
  expect(commandsOf('$ one\n1\n$ two')).toEqual([
    { command: 'one', expected: ['1'] },
    { command: 'two', expected: [] },
  ])
  expect(() => commandsOf('1')).toThrow('begins with a command')
})

test('a diff puts its lines where those stood that it takes out, and refuses what does not fit', () => {
  expect(applyDiff('a\nb\nc', '- b\n+ B')).toBe('a\nB\nc')
  expect(() => applyDiff('a', '- b\n+ B')).toThrow("no line 'b'")
  expect(() => applyDiff('a', '+ B')).toThrow("where 'B' belongs")
})

test('what a page installs is told from options, files and versions, what a file imports from its own files', () => {
  const page = '```sh\ncd a && npm pack -w plinth -w @plinth/data --to ../b\nnpm install ./p-*.tgz drizzle-orm@0.45 @types/node@20\n```\n'
  expect([...installedBy(page)]).toEqual(['plinth', '@plinth/data', 'drizzle-orm', '@types/node'])
  const imports = ["'plinth'", "'plinth/testing'", "'@plinth/data/kit'", "'./a.ts'", "'node:fs'", "'drizzle-orm/pg-core'"]
  expect(importedBy(imports.map((it) => `import x from ${it}`).join('\n'))).toEqual(['plinth', '@plinth/data', 'drizzle-orm'])
})
