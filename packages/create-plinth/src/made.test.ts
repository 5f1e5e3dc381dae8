import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Folder } from './fixtures/folder.ts'
import { Made, mustBeFree } from './made.ts'
import type { Files } from './template.ts'

const files: Files = new Map([
  ['app.ts', 'app'],
  ['drizzle/meta/one.json', '{}'],
])

describe('where a project may go', () => {
  test('where nothing is, or an empty folder, or a repository without files', () => {
    using folder = new Folder({ '.git/HEAD': '', '.DS_Store': '' })
    expect(() => mustBeFree(join(folder.path, 'new'), 'new')).not.toThrow()
    expect(() => mustBeFree(folder.path, '.')).not.toThrow()
  })

  test('not where files are, which are named', () => {
    using folder = new Folder({ a: '', b: '', c: '', d: '' })
    expect(() => mustBeFree(folder.path, 'apps/x')).toThrow('The folder apps/x is not empty (a, b, c, …): choose another name, or empty it')
  })

  test('not where a file is', () => {
    using folder = new Folder({ 'my-app': '' })
    expect(() => mustBeFree(join(folder.path, 'my-app'), 'my-app')).toThrow('my-app is there and is no folder: choose another name')
  })

  test('a link to a folder counts as that folder', () => {
    using folder = new Folder({ 'full/file': '' })
    symlinkSync(join(folder.path, 'full'), join(folder.path, 'link'), 'junction')
    expect(() => mustBeFree(join(folder.path, 'link'), 'link')).toThrow('is not empty (file)')
  })
})

test('what was made is removed, folders above it too', () => {
  using folder = new Folder()
  const made = new Made(join(folder.path, 'apps/my-app'))
  made.write(files)
  expect(folder.content).toEqual([
    'apps/',
    'apps/my-app/',
    'apps/my-app/app.ts',
    'apps/my-app/drizzle/',
    'apps/my-app/drizzle/meta/',
    'apps/my-app/drizzle/meta/one.json',
  ])
  made.remove()
  expect(folder.content).toEqual([])
  made.remove()
})

test('what was there before stays, and what others put there meanwhile', () => {
  using folder = new Folder({ '.git/HEAD': 'ref' })
  const made = new Made(folder.path)
  made.write(files)
  writeFileSync(join(folder.path, 'drizzle/note.txt'), 'mine')
  made.remove()
  expect(folder.content).toEqual(['.git/', '.git/HEAD', 'drizzle/', 'drizzle/note.txt'])
})

test('nothing is overwritten; what had been written before is removed again, and the other file stays', () => {
  using folder = new Folder({ 'drizzle/meta/one.json': 'mine' })
  const made = new Made(folder.path)
  expect(() => made.write(files)).toThrow('EEXIST')
  made.remove()
  expect(folder.content).toEqual(['drizzle/', 'drizzle/meta/', 'drizzle/meta/one.json'])
})

test('what installing has left is removed with it', () => {
  using folder = new Folder()
  const made = new Made(folder.path)
  made.write(files)
  mkdirSync(join(folder.path, 'node_modules/a'), { recursive: true })
  writeFileSync(join(folder.path, 'node_modules/a/index.js'), '')
  writeFileSync(join(folder.path, 'package-lock.json'), '{}')
  made.remove()
  expect(folder.content).toEqual([])
})

test.skipIf(process.platform === 'win32' || process.getuid?.() === 0)('a folder that can not be written to is told', () => {
  using folder = new Folder()
  chmodSync(folder.path, 0o500)
  const made = new Made(join(folder.path, 'my-app'))
  expect(() => made.write(files)).toThrow('EACCES')
  made.remove()
  chmodSync(folder.path, 0o700)
})
