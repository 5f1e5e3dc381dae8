import { join } from 'node:path'
import { expect, test } from 'vitest'
import { decide } from './decide.ts'
import { testIo } from './fixtures/io.ts'
import { readArgs } from './read-args.ts'

const cwd = join('/', 'work')
const folder = join(cwd, 'my-app')

test('nothing is asked that the command line says', async () => {
  const io = testIo(cwd, [])
  const decision = await decide(readArgs(['my-app', '--variant', 'data', '--no-install', '--package-manager', 'pnpm']), io)
  expect(decision).toMatchObject({ folder, name: 'my-app', variant: { name: 'data' }, manager: 'pnpm', install: false })
})

test('what it leaves open is asked for, until the answer is one', async () => {
  const io = testIo(cwd, ['', 'My App', ' my-app ', 'dta', '2'])
  expect(await decide(readArgs([]), io)).toMatchObject({ folder, variant: { name: 'data' }, manager: 'npm', install: true })
  expect(io.asked).toEqual([
    ...Array<string>(3).fill('What is the project called? '),
    ...Array<string>(2).fill('A number or a name (minimal): '),
  ])
  expect(io.stderr.text).toMatch(/'My App' is no name .*'my-app' would do\n/)
  expect(io.stderr.text).toMatch(/What does it need\?\n {2}1 {2}minimal .*\n {2}2 {2}data /)
  expect(io.stderr.text).toContain("'dta' is none of them: did you mean data?")
})

test('a name is an answer too, and none takes the first', async () => {
  expect(await decide(readArgs(['my-app']), testIo(cwd, ['data']))).toMatchObject({ variant: { name: 'data' } })
  expect(await decide(readArgs(['my-app']), testIo(cwd, ['']))).toMatchObject({ variant: { name: 'minimal' } })
})

test('with --yes, or where nobody can be asked, the defaults hold', async () => {
  expect(await decide(readArgs(['my-app', '-y']), testIo(cwd, []))).toMatchObject({ variant: { name: 'minimal' }, install: true })
  expect(await decide(readArgs(['my-app']), testIo(cwd))).toMatchObject({ variant: { name: 'minimal' } })
})

test('a name has no default', async () => {
  const message = 'The project has no name, and nobody can be asked for one: write it as the first argument, my-app for example'
  await expect(decide(readArgs([]), testIo(cwd))).rejects.toThrow(message)
  await expect(decide(readArgs(['--yes']), testIo(cwd, []))).rejects.toThrow(message)
})

test.each([
  [['--variant', 'dta'], "--variant is 'dta': did you mean data?"],
  [['--variant', 'graphql'], "--variant is 'graphql': there are minimal, data"],
  [['--package-manager', 'yarn'], "--package-manager is 'yarn': there are npm, pnpm"],
  [['--package-manager', 'pnmp'], "--package-manager is 'pnmp': did you mean pnpm?"],
  [['my app'], "'my app' is no name for a package"],
])('%j is refused before anything is asked', async (argv, message) => {
  const io = testIo(cwd, [])
  await expect(decide(readArgs(argv), io)).rejects.toThrow(message)
  expect(io.asked).toEqual([])
})

test.each([
  ['pnpm/10.1.0 npm/? node/v20.19.0 linux x64', 'pnpm'],
  ['npm/11.0.0 node/v20.19.0 linux x64 workspaces/false', 'npm'],
  ['yarn/4.0.0 npm/? node/v20.19.0', 'npm'],
  ['', 'npm'],
])('the package manager that runs it, %s, installs: %s', async (agent, manager) => {
  const io = testIo(cwd, undefined, { npm_config_user_agent: agent })
  expect(await decide(readArgs(['my-app']), io)).toMatchObject({ manager })
})
