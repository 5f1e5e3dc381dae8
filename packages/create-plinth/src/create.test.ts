import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { filesOf, make } from './create.ts'
import { decide, type Decision } from './decide.ts'
import { Folder } from './fixtures/folder.ts'
import { testIo } from './fixtures/io.ts'
import type { Install } from './install.ts'
import { packageManagers } from './package-manager.ts'
import { readArgs } from './read-args.ts'
import { variants } from './variants.ts'

const never = new AbortController().signal
const unasked: Install = () => Promise.reject(new Error('nothing was to be installed'))

function decided(cwd: string, ...argv: string[]): Promise<Decision> {
  return decide(readArgs(argv), testIo(cwd))
}

test('writes the project, installs, and says how to go on', async () => {
  using folder = new Folder()
  const io = testIo(folder.path)
  const installed: unknown[] = []
  const install: Install = async (where, manager) => {
    installed.push([where, manager])
    return 'installed'
  }
  expect(await make(await decided(folder.path, 'apps/my-app'), io, never, install)).toBe(0)
  expect(installed).toEqual([[join(folder.path, 'apps/my-app'), 'npm']])
  expect(readFileSync(join(folder.path, 'apps/my-app/app.ts'), 'utf8')).toContain("app({ name: 'my-app' })")
  expect(io.stderr.text).toMatch(
    /^✓ my-app: \d+ files in apps\/my-app \(minimal\)\n {2}npm installs what it needs …\n\n {2}cd apps\/my-app\n {2}npm run dev +http:.*\n {2}npm test +run the tests\n$/,
  )
  expect(io.stdout.text).toBe('')
})

test('into the folder one is in, without installing, with another package manager', async () => {
  using folder = new Folder({ 'my-app/.git/HEAD': 'ref' })
  const io = testIo(join(folder.path, 'my-app'))
  const decision = await decided(io.cwd, '.', '--no-install', '--package-manager', 'pnpm', '--variant', 'data')
  expect(await make(decision, io, never, unasked)).toBe(0)
  expect(io.stderr.text).toContain('files in . (data)\n\n  pnpm install\n  pnpm db:seed ')
  expect(io.stderr.text).not.toContain('cd ')
  expect(readFileSync(join(io.cwd, 'Dockerfile'), 'utf8')).toContain('pnpm-lock.yaml')
})

test('an installation that fails leaves the files, says why and what to do, and gives 1', async () => {
  using folder = new Folder()
  const io = testIo(folder.path)
  const install: Install = () => Promise.resolve({ failed: 'npm ended with 1' })
  expect(await make(await decided(folder.path, 'my-app'), io, never, install)).toBe(1)
  expect(io.stderr.text).toContain('✗ The dependencies are not installed: npm ended with 1. The files are there')
  expect(io.stderr.text).toContain('  cd my-app\n  npm install\n  npm run dev')
  expect(folder.content).toContain('my-app/app.ts')
})

test('an interrupted installation leaves nothing, whatever it had installed', async () => {
  using folder = new Folder()
  const io = testIo(folder.path)
  const interruption = new AbortController()
  const install: Install = async (where) => {
    mkdirSync(join(where, 'node_modules/half'), { recursive: true })
    interruption.abort()
    return 'interrupted'
  }
  expect(await make(await decided(folder.path, 'my-app'), io, interruption.signal, install)).toBe(130)
  expect(folder.content).toEqual([])
  expect(io.stderr.text).toContain('✗ Interrupted; what was made is removed\n')
})

test('an installation that the terminal interrupted before our own signal was heard leaves nothing', async () => {
  using folder = new Folder()
  expect(await make(await decided(folder.path, 'my-app'), testIo(folder.path), never, () => Promise.resolve('interrupted'))).toBe(130)
  expect(folder.content).toEqual([])
})

test('a signal that comes while files are written is heard before anything is installed', async () => {
  using folder = new Folder()
  const io = testIo(folder.path)
  expect(await make(await decided(folder.path, 'my-app'), io, AbortSignal.abort(), unasked)).toBe(130)
  expect(folder.content).toEqual([])
})

test('a failure midway leaves what was there, and nothing else', async () => {
  using folder = new Folder()
  const decision = await decided(folder.path, 'my-app')
  const install: Install = (where) => {
    writeFileSync(join(where, 'mine.txt'), 'mine')
    return Promise.reject(new Error('no room'))
  }
  await expect(make(decision, testIo(folder.path), never, install)).rejects.toThrow('no room')
  expect(folder.content).toEqual(['my-app/', 'my-app/mine.txt'])
  await expect(make(decision, testIo(folder.path), never, install)).rejects.toThrow('The folder my-app is not empty (mine.txt)')
})

test.each(variants.flatMap((variant) => packageManagers.map((manager) => [variant.name, manager, variant] as const)))(
  '%s for %s has what every project has',
  (_name, manager, variant) => {
    const files = filesOf({ name: 'my-app', variant, manager })
    const wanted = ['README.md', 'AGENTS.md', 'Dockerfile', 'compose.yaml', 'tsconfig.json', 'app.ts', 'app.test.ts']
    const dotted = ['.gitignore', '.dockerignore', '.editorconfig', '.env.example', '.vscode/settings.json', '.vscode/extensions.json']
    for (const path of [...wanted, ...dotted]) expect([...files.keys()]).toContain(path)
    for (const [path, content] of files) expect([path, String(content).includes('{{name')]).toEqual([path, false])
    const {
      name,
      scripts,
      dependencies,
      private: hidden,
    } = JSON.parse(String(files.get('package.json'))) as {
      readonly name: string
      readonly private: boolean
      readonly scripts: { readonly [name: string]: string }
      readonly dependencies: { readonly [name: string]: string }
    }
    expect([name, hidden]).toEqual(['my-app', true])
    const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { readonly version: string }
    const ours = Object.entries(dependencies).filter(([it]) => it === 'plinth' || it.startsWith('@plinth/'))
    expect(ours.map(([, range]) => range)).toEqual(ours.map(() => `^${version}`))
    expect(ours.length).toBeGreaterThanOrEqual(2)
    for (const [script] of [...variant.first, ['start'], ['types']] as const) expect(Object.keys(scripts)).toContain(script)
    // What its README tells to run is there.
    for (const [, script] of String(files.get('README.md')).matchAll(/`(?:npm|pnpm) run ([\w:]+)/g))
      expect(Object.keys(scripts)).toContain(script)
  },
)

test('the pages of a project tell the commands of its package manager', () => {
  const [variant] = variants.filter((it) => it.name === 'data')
  const readme = String(filesOf({ name: 'my-app', variant: variant ?? variants[0], manager: 'pnpm' }).get('README.md'))
  for (const it of ['`pnpm install`', '`pnpm dev`', '`pnpm test`', '`pnpm db:generate --name add-tags`', '`pnpm-lock.yaml`'])
    expect(readme).toContain(it)
  expect(readme.replaceAll('pnpm', '')).not.toContain('npm')
})
