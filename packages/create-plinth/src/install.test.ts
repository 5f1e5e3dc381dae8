import { chmodSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { Folder } from './fixtures/folder.ts'
import { install } from './install.ts'

const never = new AbortController().signal
afterEach(() => vi.unstubAllEnvs())

/** Puts a program in the place of npm. */
function asNpm(folder: Folder, script: string): void {
  const path = join(folder.path, 'npm')
  writeFileSync(path, `#!/bin/sh\n${script}\n`)
  chmodSync(path, 0o755)
  vi.stubEnv('PATH', `${folder.path}${delimiter}${process.env['PATH']}`)
}

describe.skipIf(process.platform === 'win32')('installing', () => {
  test('runs in the folder of the project', async () => {
    using folder = new Folder()
    asNpm(folder, 'echo "$@" > asked')
    expect(await install(folder.path, 'npm', never)).toBe('installed')
    expect(folder.content).toContain('asked')
  })

  test('what fails is told with its exit code', async () => {
    using folder = new Folder()
    asNpm(folder, 'exit 7')
    expect(await install(folder.path, 'npm', never)).toEqual({ failed: 'npm ended with 7' })
  })

  test('so is a package manager that is not there', async () => {
    using folder = new Folder()
    vi.stubEnv('PATH', folder.path)
    expect(await install(folder.path, 'pnpm', never)).toEqual({ failed: 'there is no pnpm here' })
  })

  test.each(['exit 130', 'kill -INT $$'])('one that was interrupted by the terminal is no failure: %s', async (script) => {
    using folder = new Folder()
    asNpm(folder, script)
    expect(await install(folder.path, 'npm', never)).toBe('interrupted')
  })

  test('an interruption ends it', async () => {
    using folder = new Folder()
    asNpm(folder, 'exec sleep 600')
    const interruption = new AbortController()
    const installing = install(folder.path, 'npm', interruption.signal)
    interruption.abort()
    expect(await installing).toBe('interrupted')
  })
})
