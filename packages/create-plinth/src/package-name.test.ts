import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { placeOf, troubleOf } from './package-name.ts'

const cwd = resolve('/work')

test.each([
  ['my-app', 'my-app', join(cwd, 'my-app')],
  ['apps/my-app', 'my-app', join(cwd, 'apps/my-app')],
  ['../my.app_2', 'my.app_2', resolve(cwd, '../my.app_2')],
  ['@acme/my-app', '@acme/my-app', join(cwd, 'my-app')],
  ['.', 'work', cwd],
  ['my-app/', 'my-app', join(cwd, 'my-app')],
  ['7', '7', join(cwd, '7')],
])('%s is the package %s in %s', (given, name, folder) => {
  expect(placeOf(given, cwd)).toEqual({ name, folder })
})

describe('what npm takes for no name is refused, with one that it does', () => {
  test.each([
    ['My-App', "'My-App' is no name for a package, since it has capital letters: 'my-app' would do"],
    ['my app', "since it has spaces: 'my-app' would do"],
    ['_app', "since it begins with '_': 'app' would do"],
    ['.app', "since it begins with '.': 'app' would do"],
    ['-app', "since it begins with '-': 'app' would do"],
    ['café!', "since letters a to z, digits and . _ - are all that it may have: 'cafe' would do"],
    ['@Acme/my-app', "since it has capital letters: '@acme/my-app' would do"],
    ['@acme/My App', "since it has capital letters: '@acme/my-app' would do"],
    ['http', "since a module of Node is called so: 'http-app' would do"],
    ['node_modules', 'since npm keeps it for itself'],
    ['/', "'' is no name for a package, since it is empty"],
    ['日本', 'are all that it may have'],
    ['a'.repeat(215), "since it has more than 214 letters: 'aaaa"],
  ])('%s', (given, message) => {
    expect(() => placeOf(given, cwd)).toThrow(message)
  })
})

test('a scope without a name is none', () => {
  expect(troubleOf('@acme/')).toBe('it is empty')
  expect(() => placeOf('日本', cwd)).toThrow(/have$/)
})
