import { mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { Folder } from '../fixtures/folder.ts'
import { stampOf } from '../transform.ts'
import { Watcher } from './watcher.ts'

const watchers: Watcher[] = []
afterEach(() => {
  for (const it of watchers.splice(0)) it.close()
})

/** A watcher, and what it tells next. */
function watching(): { readonly watcher: Watcher; next(): Promise<string> } {
  const told: string[] = []
  let wake = (): void => {}
  const watcher = new Watcher((path) => {
    told.push(path)
    wake()
  })
  watchers.push(watcher)
  return {
    watcher,
    next: async () => {
      while (told.length === 0) await new Promise<void>((resolve) => (wake = resolve))
      return told.shift() as string
    },
  }
}

const seen = (path: string): { path: string; stamp: string } => ({ path, stamp: stampOf(path) })

test('a file that was written, renamed into place or removed has changed; its neighbours have not', async () => {
  using folder = new Folder({ 'a.ts': '1', 'b.ts': '1' })
  const [a, b] = [join(folder.path, 'a.ts'), join(folder.path, 'b.ts')]
  const { watcher, next } = watching()
  watcher.set([seen(a), seen(b)])
  folder.write('other.ts', '1')
  folder.write('a.ts', '22')
  expect(await next()).toBe(a)
  folder.write('b.tmp', '333')
  renameSync(join(folder.path, 'b.tmp'), b)
  expect(await next()).toBe(b)
  rmSync(a)
  expect(await next()).toBe(a)
})

test('what changed before it was watched is told', async () => {
  using folder = new Folder({ 'a.ts': '1' })
  const { watcher, next } = watching()
  watcher.set([{ path: join(folder.path, 'a.ts'), stamp: 'older' }])
  expect(await next()).toBe(join(folder.path, 'a.ts'))
})

test('a file that is not there yet counts when it comes, also in a folder that is not there yet', async () => {
  using folder = new Folder()
  const { watcher, next } = watching()
  const env = join(folder.path, '.env')
  watcher.set([{ path: env, stamp: 'absent' }])
  folder.write('.env', 'A=1')
  expect(await next()).toBe(env)
  watcher.set([], [join(folder.path, 'lib/deep')])
  mkdirSync(join(folder.path, 'lib'))
  expect(await next()).toBe(join(folder.path, 'lib'))
})

test('a file counts in a folder that comes later, with folders between', async () => {
  using folder = new Folder()
  const { watcher, next } = watching()
  const journal = join(folder.path, 'drizzle/meta/_journal.json')
  watcher.set([{ path: journal, stamp: 'absent' }])
  folder.write('drizzle/meta/_journal.json', '{}')
  expect(await next()).toBe(journal)
  rmSync(join(folder.path, 'drizzle'), { recursive: true })
  expect(await next()).toBe(journal)
})

test('where anything counts, what is installed, built or hidden does not', async () => {
  using folder = new Folder()
  const { watcher, next } = watching()
  watcher.set([], [folder.path])
  for (const it of ['node_modules', 'dist', '.git']) mkdirSync(join(folder.path, it))
  folder.write('new.ts', '')
  expect(await next()).toBe(join(folder.path, 'new.ts'))
})

test('a folder that nobody watches any more is left', async () => {
  using one = new Folder({ 'a.ts': '1' })
  using two = new Folder({ 'b.ts': '1' })
  const { watcher, next } = watching()
  watcher.set([seen(join(one.path, 'a.ts'))])
  watcher.set([seen(join(two.path, 'b.ts'))])
  one.write('a.ts', '22')
  two.write('b.ts', '22')
  expect(await next()).toBe(join(two.path, 'b.ts'))
})
