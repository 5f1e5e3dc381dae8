import { service, app } from 'plinth'
import { describe, expect, test } from 'vitest'
import { describeFailure } from './failure.ts'
import { failureText } from './failure-text.ts'
import { Collected } from './fixtures/io.ts'
import { Folder } from './fixtures/folder.ts'
import { frameOf, frameText } from './frame.ts'
import { ownPlaces, placeOf } from './stack.ts'
import { syntaxTrouble } from './syntax-trouble.ts'

const around = { cwd: '/project' }

/** An error whose stack is this. */
function failing(message: string, stack: string, more: object = {}): Error {
  return Object.assign(new Error(message), { stack: `Error: ${message}\n${stack}` }, more)
}

describe('places in a stack', () => {
  test.each([
    ['    at run (/project/app.ts:3:7)', { path: '/project/app.ts', line: 3, column: 7 }],
    ['    at file:///project/a%20b.ts:3:7', { path: '/project/a b.ts', line: 3, column: 7 }],
    ['file:///project/app.js:12', { path: '/project/app.js', line: 12, column: 1 }],
    ['    at async C:\\project\\app.ts:1:2', { path: 'C:\\project\\app.ts', line: 1, column: 2 }],
    ['    at node:internal/process:1:2', undefined],
    ['    at ModuleJob.run (node:internal/modules/esm/module_job:1:2)', undefined],
    ['    at file:///%zz/app.ts:1:2', undefined],
    ['    at async open (node:internal/fs/promises:637:25)', undefined],
    ['    at async node:internal/fs/promises:637:25', undefined],
    ['Error: no', undefined],
  ])('%s', (line, expected) => expect(placeOf(line)).toEqual(expected))

  test('only the user’s own count', () => {
    const stack =
      'Error: a\n    at x (/p/node_modules/y/z.js:1:1)\n    at y (/p/framework/a.js:1:1)\n    at z (/p/app.ts:2:2)\nnot /p/other.ts:1:1'
    expect(ownPlaces(stack, ['/p/framework/'])).toEqual([{ path: '/p/app.ts', line: 2, column: 2 }])
  })
})

describe('the lines around a place', () => {
  test('are marked', () => {
    using folder = new Folder({ 'a.ts': 'one\ntwo\n\tthree\nfour\n\n' })
    const frame = frameOf({ path: `${folder.path}/a.ts`, line: 3, column: 2 })
    expect(frame && frameText(frame)).toBe('  1 | one\n  2 | two\n> 3 |  three\n    |  ^\n  4 | four')
  })

  test('there are none of a file that is gone, nor of a line that it has not', () => {
    using folder = new Folder({ 'a.ts': 'one' })
    expect(frameOf({ path: `${folder.path}/b.ts`, line: 1, column: 1 })).toBeUndefined()
    expect(frameOf({ path: `${folder.path}/a.ts`, line: 2, column: 1 })).toBeUndefined()
    expect(frameOf({ path: `${folder.path}/a.ts`, line: 0, column: 1 })).toBeUndefined()
  })
})

describe('what kept an application from starting', () => {
  test('every boot problem, where it was written or where it threw', async () => {
    const broken = app()
      .use(service('mailer', () => JSON.parse('{')))
      .get('/a', () => 1)
      .get('/a', () => 2)
    const error: unknown = await broken.build().catch((it: unknown) => it)
    const { title, troubles } = describeFailure(error, { cwd: process.cwd() })
    expect(title).toBe("The application can't start")
    expect(troubles.map((it) => it.code).sort()).toEqual(['route-conflict', 'service-failed'])
    for (const it of troubles) {
      expect(it.at).toMatch(/failure\.test\.ts:\d+:\d+$/)
      expect(it.fix).not.toBe('')
      expect(it.frame?.lines.length).toBeGreaterThan(3)
    }
  })

  test('a boot problem without a place, or with one that is no file', () => {
    const error = Object.assign(new Error('x'), {
      name: 'BootError',
      problems: [
        { code: 'a', message: 'm', fix: 'f' },
        { code: 'b', message: 'n', fix: 'g', at: 'an unknown place' },
      ],
    })
    expect(describeFailure(error, around).troubles).toEqual([
      { message: 'm', fix: 'f', code: 'a' },
      { message: 'n', fix: 'g', code: 'b', at: 'an unknown place' },
    ])
  })

  test.each([
    ['text', 'Something was thrown that is no error: text'],
    [{ a: 1 }, 'Something was thrown that is no error: {"a":1}'],
    [undefined, 'Something was thrown that is no error: undefined'],
    [1n, 'Something was thrown that is no error: bigint'],
    [null, 'Something was thrown that is no error: null'],
  ])('%s was thrown', (thrown, message) => expect(describeFailure(thrown, around).troubles).toEqual([{ message }]))

  test('an error with its cause, its code and the way that led there', () => {
    const error = failing('outer', '    at a (/project/a.ts:1:1)\n    at b (/project/b.ts:2:2)', { cause: new Error('inner'), code: 'E1' })
    expect(describeFailure(error, around).troubles).toEqual([
      { message: 'outer (inner)', code: 'E1', at: 'a.ts:1:1', through: ['b.ts:2:2'] },
    ])
    expect(describeFailure(failing('', ''), around).troubles[0]?.message).toBe('an error without a message')
  })

  test.each([
    [{ code: 'EADDRINUSE', port: 1 }, 'stop what listens there, or take another port with --port'],
    [{ code: 'EACCES', port: 80 }, 'ports below 1024 need rights; take another with --port'],
    [{ code: 'EADDRNOTAVAIL' }, 'name an address of this machine with --host'],
    [{ code: 'EACCES' }, undefined],
  ])('%j: %s', (more, fix) => expect(describeFailure(failing('listen', '', more), around).troubles[0]?.fix).toBe(fix))

  test('a name that a module does not export', () => {
    const error = new SyntaxError("The requested module './a.ts' does not provide an export named 'User'")
    expect(describeFailure(error, around).troubles[0]?.fix).toContain('`import type`')
  })
})

describe('an import that leads nowhere', () => {
  test('a file', () => {
    using folder = new Folder({ 'app.ts': "import { a } from 'x'\nimport { b } from './users.ts'\n" })
    const error = failing(`Cannot find module '${folder.path}/users.ts' imported from ${folder.path}/app.ts`, '', {
      code: 'ERR_MODULE_NOT_FOUND',
    })
    const failure = describeFailure(error, { cwd: folder.path })
    expect(failure.missing).toEqual([`${folder.path}/users.ts`])
    expect(failure.troubles).toMatchObject([
      { message: 'There is no file users.ts to import', at: 'app.ts:2:22', fix: expect.stringContaining('extension') },
    ])
  })

  test('a package', () => {
    const error = failing("Cannot find package 'left-pad' imported from /project/app.ts", '', { code: 'ERR_MODULE_NOT_FOUND' })
    expect(describeFailure(error, around)).toEqual({
      title: "The application can't start",
      troubles: [{ message: "The package 'left-pad' is not installed", fix: 'npm install left-pad', code: 'module-not-found' }],
    })
  })

  test('a part that a package does not offer', () => {
    const error = failing(
      `Package subpath './nope' is not defined by "exports" in /project/node_modules/@a/b/package.json imported from /project/app.ts`,
      '',
      { code: 'ERR_PACKAGE_PATH_NOT_EXPORTED' },
    )
    expect(describeFailure(error, around).troubles[0]).toMatchObject({ message: "There is no '@a/b/nope' in that package" })
  })

  test('words that Node may use one day are shown as they are', () => {
    for (const code of ['ERR_MODULE_NOT_FOUND', 'ERR_PACKAGE_PATH_NOT_EXPORTED']) {
      expect(describeFailure(failing('Lost it', '', { code }), around).troubles[0]?.message).toBe('Lost it')
    }
  })

  test('the importing file does not name it', () => {
    using folder = new Folder({ 'app.ts': 'const name = 1\n' })
    const error = failing(`Cannot find module 'file://${folder.path}/users.ts' imported from ${folder.path}/app.ts`, '', {
      code: 'ERR_MODULE_NOT_FOUND',
    })
    expect(describeFailure(error, { cwd: folder.path }).troubles[0]?.at).toBe('app.ts:1:1')
  })
})

describe('a module in JavaScript that does not parse', () => {
  test('is found among those that were loaded', async () => {
    using folder = new Folder({ 'good.js': 'export const a = 1', 'bad.js': 'export const a =\n', 'app.ts': '' })
    const files = ['good.js', 'bad.js', 'app.ts', 'gone.js'].map((name) => ({ path: `${folder.path}/${name}`, stamp: '' }))
    const error = new SyntaxError('Unexpected end of input')
    error.stack = 'SyntaxError: Unexpected end of input'
    const failure = await syntaxTrouble(error, describeFailure(error, { cwd: folder.path }), files, folder.path)
    expect(failure.troubles).toMatchObject([
      { message: 'SyntaxError: Unexpected end of input', at: expect.stringMatching(/^bad\.js:\d:\d+$/) },
    ])
  })

  test('other failures stay as they are', async () => {
    const failure = describeFailure(new Error('x'), around)
    expect(await syntaxTrouble(new Error('x'), failure, [], '/')).toBe(failure)
    const error = new SyntaxError('x')
    error.stack = ''
    const without = describeFailure(error, around)
    expect(await syntaxTrouble(error, without, [{ path: '/gone.txt', stamp: '' }], '/')).toBe(without)
  })
})

test('a terminal shows all of it', () => {
  const frame = {
    line: 2,
    column: 3,
    lines: [
      { number: 1, text: 'a' },
      { number: 2, text: 'bcd' },
    ],
  }
  const troubles = [
    { message: 'First', fix: 'do this', code: 'c', at: 'app.ts:2:3', through: ['b.ts:1:1'], frame },
    { message: 'Second', fix: 'do that' },
  ]
  expect(failureText({ title: 'No', troubles }, new Collected(), {})).toBe(`
✗ No: 2 problems

  1. First
  at  app.ts:2:3
      b.ts:1:1

      1 | a
    > 2 | bcd
        |   ^

  fix do this  [c]

  2. Second
  fix do that

`)
  expect(failureText({ title: 'No', troubles: [{ message: 'One' }] }, new Collected(), {})).toBe('\n✗ No\n\n  One\n\n')
})
