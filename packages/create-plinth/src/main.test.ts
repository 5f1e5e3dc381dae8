import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { describe, expect, test } from 'vitest'
import { Folder } from './fixtures/folder.ts'
import { testIo } from './fixtures/io.ts'
import { main } from './main.ts'

const here = fileURLToPath(new URL('.', import.meta.url))

describe('create-plinth', () => {
  test('tells how it is used, and its version', async () => {
    using folder = new Folder()
    const io = testIo(folder.path)
    expect(await main(['--help'], io)).toBe(0)
    for (const it of ['[name]', '--variant <name>', '-y, --yes', '--no-install', '--package-manager <name>', '-h, --help'])
      expect(io.stdout.text).toContain(it)
    const second = testIo(folder.path)
    expect(await main(['-v'], second)).toBe(0)
    expect(second.stdout.text).toMatch(/^\d+\.\d+\.\d+\n$/)
    expect(folder.content).toEqual([])
  })

  test('makes a project', async () => {
    using folder = new Folder()
    const io = testIo(folder.path)
    expect(await main(['my-app', '--no-install', '--variant', 'data'], io)).toBe(0)
    for (const path of ['app.ts', '.gitignore', '.vscode/settings.json', 'drizzle/meta/_journal.json', 'package.json'])
      expect(folder.content).toContain(`my-app/${path}`)
    expect(folder.content).not.toContain('my-app/node_modules/')
  })

  test.each([
    [[], 'The project has no name'],
    [['my-app', '--varient', 'data'], 'did you mean --variant?'],
    [['full'], 'The folder full is not empty (file)'],
    [['full/file'], 'full/file is there and is no folder'],
  ])('%j is asked wrongly: exit code 2, and nothing is made', async (argv, message) => {
    using folder = new Folder({ 'full/file': 'mine' })
    const io = testIo(folder.path)
    expect(await main([...argv, '--no-install'], io)).toBe(2)
    expect(io.stderr.text).toContain(message)
    expect(io.stderr.text).toContain("see 'npm create plinth@latest -- --help'")
    expect(folder.content).toEqual(['full/', 'full/file'])
  })

  test('what the disk refuses is told: exit code 1', async () => {
    using folder = new Folder({ file: '' })
    const io = testIo(folder.path)
    expect(await main(['file/my-app', '--no-install'], io)).toBe(1)
    expect(io.stderr.text).toMatch(/^✗ The project was not made, and nothing of it is left: (?:ENOTDIR|EEXIST|ENOENT)/)
    expect(folder.content).toEqual(['file'])
  })
})

/** The command as it is installed, and a program in the place of npm. */
async function installed(folder: Folder, npm: string): Promise<(...argv: string[]) => ChildProcess> {
  const at = join(folder.path, 'command')
  await build({ entryPoints: [join(here, 'bin.ts')], outfile: join(at, 'dist/bin.js'), bundle: true, platform: 'node', format: 'esm' })
  for (const it of ['templates', 'package.json']) cpSync(join(here, '..', it), join(at, it), { recursive: true })
  mkdirSync(join(folder.path, 'bin'))
  writeFileSync(join(folder.path, 'bin/npm'), `#!/bin/sh\n${npm}\n`)
  chmodSync(join(folder.path, 'bin/npm'), 0o755)
  mkdirSync(join(folder.path, 'cwd'))
  return (...argv) =>
    spawn(process.execPath, [join(at, 'dist/bin.js'), ...argv], {
      cwd: join(folder.path, 'cwd'),
      env: { ...process.env, PATH: `${join(folder.path, 'bin')}${delimiter}${process.env['PATH']}` },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
}

describe.skipIf(process.platform === 'win32')('as a program', () => {
  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s while it installs leaves nothing', { timeout: 30_000 }, async (signal) => {
    using folder = new Folder()
    const start = await installed(folder, 'mkdir node_modules && echo half > node_modules/half && echo installing >&2 && exec sleep 600')
    const child = start('my-app', '--yes')
    let said = ''
    const code = new Promise<number | null>((resolve) => child.once('close', resolve))
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said += text
      if (text.includes('installing\n')) child.kill(signal)
    })
    expect([await code, said]).toEqual([130, expect.stringContaining('Interrupted; what was made is removed')])
    expect(folder.content.filter((it) => it.startsWith('cwd/'))).toEqual(['cwd/'])
  })

  test('without a terminal and a name it asks nobody: exit code 2', { timeout: 30_000 }, async () => {
    using folder = new Folder()
    const child = (await installed(folder, 'exit 1'))()
    expect(await new Promise((resolve) => child.once('close', resolve))).toBe(2)
    expect(folder.content.filter((it) => it.startsWith('cwd/'))).toEqual(['cwd/'])
  })
})
