import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { app, guard, module, refuse, service, t } from 'plinth'
import { config } from 'plinth/config'
import { describe, expect, test } from 'vitest'
import type { LoadedApp } from './load-app.ts'
import { diagnose, doctor } from './doctor.ts'
import { Folder } from './fixtures/folder.ts'
import { testIo, type TestIo } from './fixtures/io.ts'
import { main } from './main.ts'
import { openapi, writeDocument } from './openapi.ts'
import { readArgs } from './read-args.ts'
import { listRoutes, routes } from './routes.ts'
import { syncModule } from './sync-hooks.ts'
import { candidates } from './transform.ts'

async function said(argv: readonly string[], io: TestIo = testIo()): Promise<{ code: number; out: string; err: string }> {
  return { code: await main(argv, io), out: io.stdout.text, err: io.stderr.text }
}

describe('plinth', () => {
  test('tells how it is used: on the standard output when asked to', async () => {
    for (const argv of [['--help'], ['-h'], ['help'], ['help', '--help']]) {
      const { code, out, err } = await said(argv)
      expect([code, err]).toEqual([0, ''])
      for (const name of ['new', 'dev', 'start', 'serve', 'routes', 'openapi', 'doctor'])
        expect(out).toMatch(new RegExp(`^  ${name} {2}`, 'm'))
    }
    expect(await said([])).toMatchObject({ code: 2, out: '', err: expect.stringContaining('Usage') })
  })

  test.each(['dev', 'start', 'routes', 'openapi', 'doctor'])('tells how %s is used', async (name) => {
    const first = await said(['help', name])
    expect(first).toMatchObject({ code: 0, err: '', out: expect.stringContaining(`Usage  plinth ${name} [entry] [options]`) })
    expect(await said([name, '--help'])).toEqual(first)
    for (const line of first.out.split('\n')) expect(line.length).toBeLessThan(130)
  })

  test('tells its version', async () => {
    for (const flag of ['--version', '-v'])
      expect(await said([flag])).toMatchObject({ code: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) })
  })

  test.each([
    [['rotues'], "no command 'rotues'; did you mean 'plinth routes'?"],
    [['xyzzy'], "no command 'xyzzy'\n"],
    [['help', 'rotues'], "did you mean 'plinth routes'?"],
    [['--prot'], 'plinth has no option --prot'],
    [['new', '--varient', 'data'], "'plinth new' has no option --varient; did you mean --variant?"],
    [['new', 'my-app', '--variant', 'dta'], "--variant is 'dta': did you mean data?"],
    [['new'], 'The project has no name'],
    [['dev', '--prot', '1'], 'did you mean --port?'],
    [['dev', 'gone.ts'], 'There is no file gone.ts'],
    [['routes', 'gone.ts'], 'There is no file gone.ts'],
  ])('%j is asked wrongly: exit code 2', async (argv, message) => {
    using folder = new Folder()
    const { code, out, err } = await said(argv, testIo({ cwd: folder.path }))
    expect([code, out]).toEqual([2, ''])
    expect(err).toContain(message)
    expect(err).toMatch(/see 'plinth (--help|help \w+)'/)
  })

  test.each([
    ['--port', 'x', '--port is'],
    ['--env-file', 'gone.env', '--env-file: there is no file gone.env'],
    ['--env-file', '.', "--env-file: . can't be read (EISDIR)"],
  ])('dev %s %s: exit code 2', async (option, value, message) => {
    using folder = new Folder({ 'app.ts': '' })
    const { code, err } = await said(['dev', option, value], testIo({ cwd: folder.path }))
    expect(code).toBe(2)
    expect(err.replace(folder.path, '.')).toContain(message)
  })
})

test('plinth new makes a project, and nothing where something lies already', async () => {
  using folder = new Folder({ 'full/file': '' })
  expect(await said(['new', 'my-app', '--variant', 'data', '--no-install'], testIo({ cwd: folder.path }))).toMatchObject({
    code: 0,
    out: '',
    err: expect.stringContaining('  cd my-app\n  npm install\n'),
  })
  expect(readFileSync(join(folder.path, 'my-app/app.ts'), 'utf8')).toContain("app({ name: 'my-app' })")
  expect(await said(['new', 'full', '--no-install'], testIo({ cwd: folder.path }))).toMatchObject({
    code: 2,
    err: expect.stringContaining('The folder full is not empty (file)'),
  })
  expect((await said(['help', 'new'])).out).toContain('--package-manager <name>')
})

const origin = guard(() => {}, { name: 'origin', always: true })
const signedIn = guard((ctx) => void (ctx.user ?? refuse('unauthorized')), { name: 'signedIn' })

function shop(): LoadedApp {
  const admin = module('admin', '/admin')
    .guard(signedIn)
    .get('/stats', { summary: 'Numbers' }, () => 1)
  return app({ name: 'Shop', mode: 'development', csrf: false })
    .guard(origin)
    .use(admin)
    .get('/public', { open: true }, () => 1)
    .get('/forgotten', () => 1) as unknown as LoadedApp
}

type Run = typeof listRoutes

/** A command on an application that is here already. */
async function on(
  run: Run,
  made: LoadedApp | Error,
  argv: readonly string[] = [],
  io: TestIo = testIo(),
): Promise<{ code: number; out: string; err: string }> {
  const spec = run === listRoutes ? routes.spec : run === writeDocument ? openapi.spec : doctor.spec
  using folder = new Folder({ 'app.ts': '' })
  const load = made instanceof Error ? () => Promise.reject(made) : () => Promise.resolve(made)
  const code = await run(readArgs(spec, argv), { ...io, cwd: io.cwd === process.cwd() ? folder.path : io.cwd }, load)
  return { code, out: io.stdout.text, err: io.stderr.text }
}

describe('plinth routes', () => {
  test('lists them, and marks the one that was forgotten', async () => {
    const { code, out, err } = await on(listRoutes, shop())
    expect(code).toBe(0)
    expect(out).toMatch(/^METHOD +PATH +GUARDS +MODULE +SUMMARY +WHERE$/m)
    expect(out).toMatch(/^GET +\/admin\/stats +signedIn +admin +Numbers +\S*main\.test\.ts:\d+:\d+$/m)
    expect(out).toMatch(/^GET +\/public +open +\S*main\.test\.ts/m)
    expect(out).toMatch(/^GET +\/forgotten +! none +\S*main\.test\.ts/m)
    expect(err).toContain('1 route has no guard, and others have')
  })

  test('in an application without guards none is forgotten', async () => {
    const { out, err } = await on(listRoutes, app().get('/a', () => 1) as unknown as LoadedApp)
    expect(out).not.toContain('! none')
    expect(err).toBe('')
  })

  test('as JSON', async () => {
    const { out } = await on(listRoutes, shop(), ['--json'])
    const rows = JSON.parse(out) as { readonly template: string }[]
    expect(rows.find((it) => it.template === '/forgotten')).toMatchObject({
      method: 'GET',
      guards: [],
      open: false,
      unguarded: true,
      protection: ['load-shedding', 'origin'],
    })
  })

  test('there may be none', async () => {
    const bare = app({ health: false, openapi: false }) as unknown as LoadedApp
    expect(await on(listRoutes, bare)).toEqual({ code: 0, out: '', err: 'The application has no routes.\n' })
  })

  test('makes no service', async () => {
    const costly = service('costly', () => {
      throw new Error('made')
    })
    expect((await on(listRoutes, app().use(costly) as unknown as LoadedApp)).code).toBe(0)
  })
})

describe('plinth openapi', () => {
  test('writes the document that the application sends', async () => {
    const { code, out } = await on(writeDocument, shop())
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ openapi: expect.stringMatching(/^3\.1/), paths: { '/public': {}, '/admin/stats': {} } })
  })

  test('into a file; one that can not be written is told', async () => {
    using folder = new Folder({ 'app.ts': '' })
    const io = testIo({ cwd: folder.path })
    expect(await on(writeDocument, shop(), ['--out', 'api.json'], io)).toEqual({ code: 0, out: '', err: 'wrote api.json\n' })
    await expect(on(writeDocument, shop(), ['--out', 'gone/api.json'], io)).rejects.toThrow(
      "--out: gone/api.json can't be written (ENOENT)",
    )
  })

  test('of a version that there is', async () => {
    const versions = app().use(module('old', { version: 'v1' }).get('/a', () => 1)) as unknown as LoadedApp
    expect(JSON.parse((await on(writeDocument, versions, ['--version', 'v1'])).out)).toHaveProperty(['paths', '/a'])
    await expect(on(writeDocument, versions, ['--version', 'v2'])).rejects.toThrow("No route has the version 'v2': there are v1")
    await expect(on(writeDocument, shop(), ['--version', 'v2'])).rejects.toThrow('the API has no versions')
  })

  test('of an application that does not offer it', async () => {
    const silent = app({ openapi: false }).use(module('old', { version: 'v1' }).get('/a', () => 1)) as unknown as LoadedApp
    expect(JSON.parse((await on(writeDocument, silent)).out)).toHaveProperty(['paths', '/a'])
    await expect(on(writeDocument, silent, ['--version', 'v2'])).rejects.toThrow('there are v1')
  })
})

describe('plinth doctor', () => {
  const Settings = config(t.Object({ databaseUrl: t.String({ secret: true }), size: t.Integer({ default: 3 }) }), {
    name: 'settings',
    env: { DATABASE_URL: 'postgres://u:hush@h/d' },
  })

  test('tells what was chosen and why, without secrets', async () => {
    const { code, out } = await on(
      diagnose,
      app({ mode: 'development' })
        .use(Settings)
        .use(service('late', () => 1, { lazy: true }))
        .get('/a', () => 1) as unknown as LoadedApp,
    )
    expect(code).toBe(0)
    expect(out).toContain('mode        development, since NODE_ENV is not set')
    expect(out).toMatch(
      /Settings of settings\n.*setting +value +from\n {2}databaseUrl .* DATABASE_URL in environment\n {2}size +3 +default; set SIZE/,
    )
    expect(out).not.toContain('hush')
    expect(out).toMatch(/late +from first use/)
    expect(out).toContain('✓ The application would start')
  })

  test('as JSON, with the route that was forgotten', async () => {
    const { out } = await on(diagnose, shop(), ['--json'])
    expect(JSON.parse(out)).toMatchObject({
      entry: 'app.ts',
      mode: 'development',
      guards: { guarded: 1, unguarded: ['GET /forgotten'] },
      modules: expect.arrayContaining(['admin']),
    })
  })

  test('what is wrong: exit code 1, every problem, and the settings all the same', async () => {
    const Wrong = config(t.Object({ a: t.Integer(), b: t.String() }), { env: { A: 'x' } })
    const broken = app()
      .use(Wrong)
      .use(
        service('mailer', () => {
          throw new Error('no host')
        }),
      )
    const { code, out } = await on(diagnose, broken as unknown as LoadedApp)
    expect(code).toBe(1)
    for (const it of ['Settings of config', "can't start: 3 problems", 'no host', 'not set (B)']) expect(out).toContain(it)
  })

  test('an application that does not even load', async () => {
    const { code, out } = await on(diagnose, new Error('no such luck'), ['--json'])
    expect(code).toBe(1)
    expect(JSON.parse(out)).toMatchObject({ failure: { troubles: [{ message: 'no such luck' }] } })
  })

  test('what is unwise', async () => {
    const Weak = config(t.Object({ key: t.String({ secret: true, default: 'abc' }), word: t.String() }), { env: {}, values: { word: 'x' } })
    using folder = new Folder({ 'app.ts': '', '.env': '', '.env.production.local': '' })
    const io = testIo({ cwd: folder.path, env: { NODE_ENV: 'production', PORT: '99999' } })
    const { out } = await on(diagnose, app({ mode: 'production' }).use(Weak) as unknown as LoadedApp, [], io)
    expect(out).toContain("PORT is '99999', which is no port")
    expect(out).toContain('key of config is a secret with a default, which everybody can read in the code: set KEY')
    expect(out).toContain('.env files  .env.production.local, .env')
    expect((await on(diagnose, shop(), [], testIo({ env: { NODE_ENV: 'staging' } }))).out).toContain(
      "NODE_ENV is 'staging', which counts as development",
    )
  })

  test('a service that can not describe itself', async () => {
    const shy = service('shy', () => 1, {
      describe: () => {
        throw new Error('not now')
      },
    })
    expect((await on(diagnose, app().use(shy) as unknown as LoadedApp)).out).toContain("! can't describe itself: not now")
  })
})

test.each([
  ['./a.js', ['./a.ts', './a.tsx']],
  ['./a.mjs', ['./a.mts']],
  ['./a', ['./a.ts', './a.tsx', './a/index.ts']],
  ['./a/', ['./a/.ts', './a/.tsx', './a/index.ts']],
  ['./a.css', []],
  ['a', []],
  ['file:///x/a.js', ['file:///x/a.ts', 'file:///x/a.tsx']],
])('%s may mean %j', (specifier, expected) => expect(candidates(specifier)).toEqual(expected))

test('hooks in the same thread are used where Node has them', () => {
  expect(syncModule({})).toBeUndefined()
  const node = { registerHooks: () => {}, stripTypeScriptTypes: () => '' }
  expect(syncModule(node)).toBe(node)
})

test('a failure that nobody foresaw: exit code 1 and what is known of it', async () => {
  const io = testIo()
  const broken = {
    ...io,
    stdout: {
      write: () => {
        throw new TypeError('no room')
      },
    },
  }
  expect(await main(['--version'], broken)).toBe(1)
  expect(io.stderr.text).toContain('TypeError: no room')
})
