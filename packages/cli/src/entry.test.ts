import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { findEntry, shown } from './entry.ts'
import { Folder } from './fixtures/folder.ts'

describe('finding the entry', () => {
  test('app before src/app, TypeScript before JavaScript', () => {
    using folder = new Folder({ 'src/app.ts': '', 'app.js': '' })
    expect(findEntry(undefined, folder.path)).toBe(join(folder.path, 'app.js'))
    folder.write('app.ts', '')
    expect(findEntry(undefined, folder.path)).toBe(join(folder.path, 'app.ts'))
  })

  test('a file that was named, or the application of a folder that was', () => {
    using folder = new Folder({ 'server.ts': '', 'shop/src/app.mjs': '' })
    expect(findEntry('server.ts', folder.path)).toBe(join(folder.path, 'server.ts'))
    expect(findEntry(join(folder.path, 'server.ts'), '/')).toBe(join(folder.path, 'server.ts'))
    expect(findEntry('shop', folder.path)).toBe(join(folder.path, 'shop/src/app.mjs'))
  })

  test('says where it looked', () => {
    using folder = new Folder({ 'app.txt': '', 'main.ts': '' })
    expect(() => findEntry(undefined, folder.path)).toThrow(
      `No application in ${folder.path}: looked for app.ts, app.tsx, app.mts, app.js, app.mjs, src/app.ts`,
    )
    expect(() => findEntry('nowhere/x.ts', folder.path)).toThrow(
      `There is no file nowhere/x.ts (looked in ${join(folder.path, 'nowhere')})`,
    )
    expect(() => findEntry('mian.ts', folder.path)).toThrow('did you mean main.ts?')
    expect(() => findEntry('main.js', folder.path)).toThrow('did you mean main.ts?')
  })
})

test('paths are shown from where one is, unless they lie elsewhere', () => {
  expect(shown('/a/b/c.ts', '/a')).toBe('b/c.ts')
  expect(shown('/x/c.ts', '/a')).toBe('/x/c.ts')
  expect(shown('/a', '/a')).toBe('/a')
})
