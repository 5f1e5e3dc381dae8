// A check that never fails is no check: each is shown a small workspace with one thing wrong.
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, test } from 'vitest'
import { spawnSync } from 'node:child_process'

const root = fileURLToPath(new URL('..', import.meta.url))
const made: string[] = []

afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true })
})

interface Result {
  readonly code: number | null
  readonly output: string
}

/** A workspace with the tools of this one, the given files, and a package `plinth` whose entry is `src/index.ts`. */
function workspace(files: { readonly [path: string]: string }): (tool: string, ...args: string[]) => Result {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'plinth-tools-')))
  made.push(folder)
  const manifest = {
    name: 'plinth',
    version: '1.0.0',
    type: 'module',
    exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' } },
  }
  const all = {
    'package.json': JSON.stringify({ private: true, type: 'module' }),
    'packages/plinth/package.json': JSON.stringify(manifest),
    'packages/plinth/src/index.ts': '/** One. */\nexport const one: number = 1\n',
    ...files,
  }
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  for (const path of ['tools', 'tsconfig.json', 'tsconfig.build.json', 'LICENSE'])
    cpSync(join(root, path), join(folder, path), { recursive: true, filter: (it) => !it.includes('node_modules') })
  mkdirSync(join(folder, 'node_modules'), { recursive: true })
  for (const name of [
    'typescript',
    '@typescript',
    '@types',
    'rollup',
    '@rollup',
    'undici-types',
    'tsx',
    'esbuild',
    '@esbuild',
    'get-tsconfig',
    'resolve-pkg-maps',
  ]) {
    symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name), 'junction')
  }
  symlinkSync(join(folder, 'packages/plinth'), join(folder, 'node_modules/plinth'), 'junction')
  return (tool, ...args) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(folder, 'tools', `${tool}.mjs`), ...args], {
      cwd: folder,
      encoding: 'utf8',
    })
    return { code: status, output: stdout + stderr }
  }
}

describe('check-arrows', () => {
  const arrows = (files: { readonly [path: string]: string }): Result => {
    const sources = Object.entries(files).map(([path, text]) => [`packages/plinth/src/${path}`, text])
    return workspace(Object.fromEntries(sources))('check-arrows')
  }

  test.each([
    [
      'the router imports the schemas',
      { 'router/a.ts': "import { b } from '../schema/b.ts'\n", 'schema/b.ts': 'export const b = 1\n' },
      'router/a.ts:1 router may not import schema/b.ts',
    ],
    [
      'middleware imports the insides of app',
      { 'middleware/a.ts': "import { b } from '../app/b.ts'\n", 'app/b.ts': 'export const b = 1\n' },
      'middleware/a.ts:1 middleware may not import app/b.ts',
    ],
    [
      'app imports middleware at once',
      { 'app/a.ts': "import { b } from '../middleware/b.ts'\n", 'middleware/b.ts': 'export const b = 1\n' },
      'app may not import middleware/b.ts',
    ],
    [
      'the client imports a value',
      { 'client/a.ts': "import { b } from '../http/b.ts'\n", 'http/b.ts': 'export const b = 1\n' },
      'client imports types only',
    ],
    [
      'something imports testing',
      { 'http/a.ts': "import { b } from '../testing/b.ts'\n", 'testing/b.ts': 'export const b = 1\n' },
      'imports testing, which only tests may',
    ],
    [
      'node: is imported statically',
      { 'http/a.ts': "import { readFileSync } from 'node:fs'\nexport const read = readFileSync\n" },
      'imports node:fs statically',
    ],
    [
      'files load each other',
      { 'http/a.ts': "import { b } from './b.ts'\nexport const a = b\n", 'http/b.ts': "import { a } from './a.ts'\nexport const b = a\n" },
      'import cycle: packages/plinth/src/http/a.ts, packages/plinth/src/http/b.ts',
    ],
    [
      'a library is not declared',
      { 'http/a.ts': "import { z } from 'zod'\nexport const a = z\n" },
      'imports zod, which is not in the dependencies of plinth',
    ],
    ['a file does not exist', { 'http/a.ts': "import { b } from './b.ts'\nexport const a = b\n" }, 'imports ./b.ts, which does not exist'],
    [
      'an import runs over several lines',
      { 'router/a.ts': "import {\n  b,\n  c,\n} from '../schema/b.ts'\n", 'schema/b.ts': 'export const b = 1\n' },
      'router may not import schema/b.ts',
    ],
    [
      'an export passes it on',
      { 'router/a.ts': "export * from '../schema/b.ts'\n", 'schema/b.ts': 'export const b = 1\n' },
      'router may not import schema/b.ts',
    ],
  ] as const)('refuses where %s', (_, files, message) => {
    const { code, output } = arrows(files as { readonly [path: string]: string })
    expect(output).toContain(message)
    expect(code).toBe(1)
  })

  test('allows contracts, types, import() and what stands in comments', () => {
    const { code, output } = arrows({
      'contract.ts': "import type { A } from './http/a.ts'\nexport type B = A\n",
      'http/a.ts': "import type { B } from '../contract.ts'\nexport type A = B | 1\n/*\nimport { x } from '../testing/x.ts'\n*/\n",
      'client/a.ts': "import type { A } from '../http/a.ts'\nexport const a: A = 1\n",
      'app/a.ts': "export const late = () => import('../node/b.ts')\n",
      'node/b.ts': "import { readFileSync } from 'node:fs'\nexport const b = readFileSync\n",
    })
    expect(output).toContain('follow the arrows')
    expect(code).toBe(0)
  })
})

describe('check-docs', () => {
  const docs = (page: string): Result => workspace({ 'README.md': page })('check-docs')

  test('names the line of the page where a block does not compile', () => {
    const { code, output } = docs("# Page\n\n```ts\nimport { one } from 'plinth'\nconst text: string = one\n```\n")
    expect(output).toContain('README.md:5: error TS2322')
    expect(code).toBe(1)
  })

  test('names the line of a block that goes on from another', () => {
    const { output } = docs('```ts\nconst a = 1\n```\n\nthen\n\n```ts continued\nconst b: string = a\n```\n')
    expect(output).toContain('README.md:8: error TS2322')
  })

  test.each([
    ['is ignored without a reason', '```ts ignore\nnonsense\n```\n', 'README.md:1 say why'],
    ['has an unknown mark', '```ts rum\n```\n', 'README.md:1 unknown mark rum'],
    ['continues nothing', '```ts continued\n```\n', 'README.md:1 continues nothing'],
    ['is never closed', 'text\n```ts\nconst a = 1\n', 'README.md:2 this block is never closed'],
    ['does not exist at all', 'text\n', 'no page has a ```ts block'],
  ])('refuses a block that %s', (_, page, message) => {
    const { code, output } = docs(page)
    expect(output).toContain(message)
    expect(code).toBe(1)
  })

  test('keeps what one page registers from the others', () => {
    const page = (type: string): string =>
      `\`\`\`ts\nimport type {} from 'plinth'\ndeclare module 'plinth' {\n  interface Register { user: ${type} }\n}\n\`\`\`\n`
    const files = {
      'packages/plinth/src/index.ts': '/** One. */\nexport interface Register {}\n',
      'README.md': page('string'),
      'docs/b.md': page('number'),
    }
    expect(workspace(files)('check-docs')).toEqual({ code: 0, output: '2 modules of 2 page(s) compile, 0 of them run\n' })
  })

  test('runs the blocks that say so, against what was built, and shows what fails', () => {
    const tool = workspace({ 'README.md': "```ts run\nimport { one } from 'plinth'\nif (one === 1) throw new Error('it ran')\n```\n" })
    expect(tool('build')).toMatchObject({ code: 0 })
    const { code, output } = tool('check-docs')
    expect(output).toContain('it ran')
    expect(code).toBe(1)
  })
})

describe('check-links', () => {
  test('names the line of a link that leads nowhere', () => {
    const tool = workspace({
      'README.md': '# Top\n[a](docs/a.md#the-one--only) [b](docs/a.md#gone) [c](gone.md) [d](https://example.org) [e](#top)\n`[f](gone)`\n',
      'docs/a.md': '## The one & `only`\n\n```\n[g](gone)\n```\n',
    })
    const { code, output } = tool('check-links')
    expect(output.trim().split('\n')).toEqual([
      'README.md:2 docs/a.md#gone names no heading',
      'README.md:2 gone.md does not exist',
      '2 problems',
    ])
    expect(code).toBe(1)
  })
})

describe('check-links and the index', () => {
  test('names a page that the index forgets', () => {
    const { output } = workspace({ 'docs/index.md': '[a](a.md)\n', 'docs/a.md': 'a\n', 'docs/b.md': 'b\n' })('check-links')
    expect(output).toBe('docs/index.md does not name docs/b.md\n1 problem\n')
  })
})

describe('check-examples', () => {
  test('refuses an example that does not compile, might be published, or says nothing of itself', () => {
    const tool = workspace({
      'examples/one/package.json': '{}',
      'examples/one/tsconfig.json': '{ "compilerOptions": { "noEmit": true }, "files": ["app.ts"] }',
      'examples/one/app.ts': 'export const text: string = 1\n',
    })
    const { code, output } = tool('check-examples')
    expect(output).toContain('examples/one: package.json must say "private": true')
    expect(output).toContain('examples/one has no README.md')
    expect(output).toContain('app.ts(1,14): error TS2322')
    expect(code).toBe(1)
  })

  const hello = {
    'examples/hello/package.json': '{ "private": true }',
    'examples/hello/README.md': 'hello\n',
    'examples/hello/tsconfig.json': '{ "compilerOptions": { "noEmit": true }, "files": ["app.ts"] }',
    'examples/hello/app.ts': 'export const text: string = ""\n',
    'node_modules/@plinth/cli/package.json': '{ "bin": { "plinth": "bin.mjs" } }',
  }

  test('refuses one that answers otherwise than it should', () => {
    const server = `import { createServer } from 'node:http'
const server = createServer((request, response) => response.writeHead(request.url === '/' ? 200 : 500).end('Bye'))
server.listen(0, '127.0.0.1', () => console.log('http://127.0.0.1:' + server.address().port))
`
    const { code, output } = workspace({ ...hello, 'node_modules/@plinth/cli/bin.mjs': server })('check-examples')
    expect(output).toContain('examples/hello: the answer of / has no Hello, world')
    expect(output).toContain('examples/hello: /hello/Ada answers 500')
    expect(code).toBe(1)
  })

  test('refuses one that does not start', () => {
    const { code, output } = workspace({ ...hello, 'node_modules/@plinth/cli/bin.mjs': 'throw new Error("no port")\n' })('check-examples')
    expect(output).toMatch(/^examples\/hello: it never said/)
    expect(output).toContain('no port')
    expect(code).toBe(1)
  })
})

test('the tests of a project below examples are its own, asked from its folder', () => {
  const { stdout, stderr } = spawnSync(process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), 'list', '--filesOnly'], {
    cwd: join(root, 'examples/hello'),
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1', VITEST: '' },
  })
  expect([stdout.trim(), stderr]).toEqual(['app.test.ts', ''])
})

describe('check-surface', () => {
  test('tells what is new, gone, changed in kind or without a docstring', () => {
    const pinned = { plinth: { one: 'function', gone: 'type' } }
    const tool = workspace({
      'packages/plinth/src/index.ts': '/** One. */\nexport const one: number = 1\nexport interface Bare {}\n',
      'pinned.json': '',
    })
    expect(tool('build')).toMatchObject({ code: 0 })
    const folder = made.at(-1) as string
    mkdirSync(join(folder, 'tools/snapshots'), { recursive: true })
    writeFileSync(join(folder, 'tools/snapshots/exports.json'), JSON.stringify(pinned))
    const { code, output } = tool('check-surface')
    expect(output).toContain('plinth: one was function and is now const')
    expect(output).toContain('plinth: gone (type) is gone')
    expect(output).toContain('plinth: Bare (interface) is new')
    expect(output).toContain('plinth: Bare has no docstring')
    expect(code).toBe(1)
  })
})

describe('check-exports', () => {
  test('refuses an entry that loads node: for a platform without it', () => {
    const tool = workspace({ 'packages/plinth/src/index.ts': "import { sep } from 'node:path'\nexport const one: string = sep\n" })
    expect(tool('build')).toMatchObject({ code: 0 })
    const { code, output } = tool('check-exports')
    expect(output).toContain('plinth loads node:path, from packages/plinth/dist/index.js')
    expect(code).toBe(1)
  })

  test('refuses an entry that is not built, or throws when loaded', () => {
    expect(workspace({})('check-exports').output).toContain('packages/plinth/dist/index.js and packages/plinth/dist/index.d.ts not built')
    const tool = workspace({
      'packages/plinth/src/index.ts': "export const one: number = 1\nif (one === 1) throw new Error('at import')\n",
    })
    tool('build')
    expect(tool('check-exports').output).toContain('at import')
  })
})

describe('check-paths', () => {
  test('refuses paths that differ from the exports, and mends them', () => {
    const tool = workspace({})
    expect(tool('check-paths').output).toContain('"paths" differ')
    expect(tool('check-paths', '--update').code).toBe(0)
    expect(tool('check-paths')).toMatchObject({ code: 0 })
  })
})

describe('check-packages', () => {
  const manifest = {
    name: 'plinth',
    version: '1.0.0',
    description: 'One.',
    license: 'MIT',
    type: 'module',
    engines: { node: '>=20.19' },
    files: ['dist', 'templates', 'LICENSE', 'README.md'],
    exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' } },
  }
  const checked = (files: { readonly [path: string]: string }): Result => {
    const packed = {
      'package.json': JSON.stringify(manifest),
      LICENSE: '',
      'README.md': '# One',
      'dist/index.js': '',
      'dist/index.d.ts': '',
      'templates/base/app.test.ts': '',
      'templates/base/src/app.ts': '',
      ...files,
    }
    return workspace(Object.fromEntries(Object.entries(packed).map(([path, text]) => [`packages/plinth/${path}`, text])))('check-packages')
  }

  test('takes sources and tests of templates', () => {
    expect(checked({})).toEqual({ code: 0, output: '1 package ready to pack at 1.0.0\n' })
  })

  test.each(['dist/one.test.js', 'dist/fixtures/one.js', 'templates/base/.plinth/db/one', 'templates/base/dist/one.js'])(
    'refuses a tarball with %s',
    (path) => {
      const { code, output } = checked({ [path]: '' })
      expect([code, output]).toEqual([1, expect.stringContaining(`plinth: the tarball carries ${path}`)])
    },
  )
})
