import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Folder } from './fixtures/folder.ts'
import { overlay, templates } from './template.ts'
import { variants } from './variants.ts'

test('a layer replaces files of those below it, and adds its own', () => {
  using from = new Folder({ 'a/app.ts': 'a', 'a/keep.ts': 'kept', 'b/app.ts': 'b', 'b/more/one.ts': '1' })
  const files = overlay(['a', 'b'], 'my-app', from.path)
  expect([...files].filter(([path]) => path !== 'package.json').map(([path, text]) => [path, String(text)])).toEqual([
    ['app.ts', 'b'],
    ['keep.ts', 'kept'],
    ['more/one.ts', '1'],
  ])
})

test('package.json is put together, its dependencies in order', () => {
  using from = new Folder({
    'a/package.json': '{ "name": "{{name}}", "scripts": { "dev": "a", "test": "t" }, "dependencies": { "plinth": "1" }, "files": ["a"] }',
    'b/package.json': '{ "scripts": { "dev": "b" }, "dependencies": { "b": "2", "a": "3" }, "files": ["b"] }',
  })
  const text = String(overlay(['a', 'b'], '@acme/my-app', from.path).get('package.json'))
  expect(text.endsWith('}\n')).toBe(true)
  expect(JSON.stringify(JSON.parse(text))).toBe(
    '{"name":"@acme/my-app","scripts":{"dev":"b","test":"t"},"dependencies":{"a":"3","b":"2","plinth":"1"},"files":["b"]}',
  )
})

test('a leading _ is a dot, at the top alone', () => {
  using from = new Folder({ 'a/_gitignore': '', 'a/_vscode/settings.json': '{}', 'a/drizzle/meta/_journal.json': '{}' })
  expect([...overlay(['a'], 'my-app', from.path).keys()]).toEqual([
    '.gitignore',
    '.vscode/settings.json',
    'drizzle/meta/_journal.json',
    'package.json',
  ])
})

test('the name stands wherever a file asks for it, and a $ in it is a $', () => {
  using from = new Folder({ 'a/README.md': '# {{name}}\n{{name}} $1', 'a/other': '{{other}}' })
  const files = overlay(['a'], "a$&$'b", from.path)
  expect([String(files.get('README.md')), String(files.get('other'))]).toEqual(["# a$&$'b\na$&$'b $1", '{{other}}'])
})

test('every layer of a variant is there', () => {
  for (const layer of variants.flatMap((it) => it.layers)) expect([layer, existsSync(join(templates, layer))]).toEqual([layer, true])
})

test('the image that runs is the same whatever installs', () => {
  const stage = (layer: string): string | undefined =>
    /^FROM node:24-slim\n[^]*/m.exec(readFileSync(join(templates, layer, 'Dockerfile'), 'utf8'))?.[0]
  expect(stage('base')).toContain('USER node')
  expect(stage('pnpm')).toBe(stage('base'))
})
