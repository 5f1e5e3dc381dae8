import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Outgoing } from '../contract.ts'
import { type Built, core, guard, module, refuse } from '../app/index.ts'
import { type Answered, ask as send } from './fixtures/ask.ts'
import { staticFiles, type StaticFilesOptions } from './static-files.ts'

let base = ''
let root = ''

beforeAll(async () => {
  base = await realpath(await mkdtemp(join(tmpdir(), 'plinth-static-')))
  root = join(base, 'public')
  await mkdir(join(root, 'docs', 'bare'), { recursive: true })
  await mkdir(join(root, '.well-known'))
  await mkdir(join(base, 'outside'))
  await mkdir(join(base, 'public-too'))
  for (const [path, text] of [
    ['public/app.js', 'let a = 1'],
    ['public/app.0a1b2c.js', 'hashed'],
    ['public/index.html', '<p>home</p>'],
    ['public/with space.txt', 'space'],
    ['public/é.txt', 'accent'],
    ['public/docs/index.html', '<p>docs</p>'],
    ['public/.env', 'SECRET=1'],
    ['public/.well-known/security.txt', 'Contact: x'],
    ['secret.txt', 'secret'],
    ['outside/index.html', 'outside'],
    ['public-too/index.html', 'sibling'],
  ] as const) {
    await writeFile(join(base, path), text)
  }
  await symlink(join(base, 'secret.txt'), join(root, 'link.txt'))
  await symlink(join(base, 'outside'), join(root, 'linked'))
  await symlink(join(base, 'public-too'), join(root, 'too'))
  await symlink(join(root, 'app.js'), join(root, 'inside.js'))
  await symlink('loop', join(root, 'loop'))
})

afterAll(() => rm(base, { recursive: true, force: true }))

function built(options?: StaticFilesOptions): Promise<Built> {
  return core()
    .use(staticFiles(root, options))
    .get('/api/items', () => [])
    .build({ mode: 'test' })
}

function ask(app: Built, path: string, headers: { [name: string]: string } = {}, method = 'GET'): Promise<Answered> {
  return send(app, path, { method, headers })
}

async function text(answer: Outgoing): Promise<string> {
  return new Response(answer.body as BodyInit).text()
}

describe('files', () => {
  test('are answered with their type, validators and nosniff once', async () => {
    const answer = await ask(await built(), '/app.js')
    expect([answer.status, await text(answer)]).toEqual([200, 'let a = 1'])
    expect(answer.header('content-type')).toBe('text/javascript; charset=utf-8')
    expect(answer.header('cache-control')).toBe('no-cache')
    expect(answer.header('etag')).toMatch(/^(W\/)?"/)
    expect(answer.headers.filter((it) => it === 'x-content-type-options')).toHaveLength(1)
  })

  test('are found by any spelling of their name, each decoded once', async () => {
    const app = await built()
    for (const [path, found] of [
      ['/with%20space.txt', 'space'],
      ['/%c3%a9.txt', 'accent'],
      ['/%61pp.js', 'let a = 1'],
      ['/inside.js', 'let a = 1'],
    ] as const) {
      const answer = await ask(app, path)
      expect([path, answer.status, await text(answer)]).toEqual([path, 200, found])
    }
    expect((await ask(app, '/%2561pp.js')).status).toBe(404)
  })

  test('answer HEAD, ranges and conditions', async () => {
    const app = await built()
    const head = await ask(app, '/app.js', {}, 'HEAD')
    expect([head.status, head.body, head.header('content-length')]).toEqual([200, null, '9'])
    const part = await ask(app, '/app.js', { range: 'bytes=4-4' })
    expect([part.status, part.header('content-range'), await text(part)]).toEqual([206, 'bytes 4-4/9', 'a'])
    expect((await ask(app, '/app.js', { range: 'bytes=99-' })).status).toBe(416)
    expect((await ask(app, '/app.js', { 'if-none-match': head.header('etag') as string })).status).toBe(304)
    const posted = await ask(app, '/app.js', {}, 'POST')
    expect([posted.status, posted.header('allow')]).toEqual([405, 'GET, HEAD, OPTIONS'])
  })

  test('that are missing are problems', async () => {
    const answer = await ask(await built(), '/missing.js')
    expect([answer.status, answer.header('content-type')]).toEqual([404, 'application/problem+json; charset=utf-8'])
    expect(JSON.parse(await text(answer))).toMatchObject({ code: 'not-found' })
  })

  test('leave other routes alone', async () => {
    expect(await text(await ask(await built(), '/api/items'))).toBe('[]')
  })
})

describe('nothing outside the folder', () => {
  test.each([
    ...['/../secret.txt', '/docs/../../secret.txt', '/%2e%2e/secret.txt', '/.%2e/secret.txt', '/%2E%2E%2Fsecret.txt', '/..%2fsecret.txt'],
    ...[
      '/..%5csecret.txt',
      '/..\\secret.txt',
      '/docs%2f..%2f..%2fsecret.txt',
      '//secret.txt',
      '/./app.js',
      '/docs/./index.html',
      '/docs//index.html',
    ],
    ...['/docs%2findex.html', '/docs%5cindex.html', '/%252e%252e/secret.txt', '/app.js.', '/app.js%20', '/app.js::$DATA', '/c:/secret.txt'],
    ...['/link.txt', '/linked/', '/linked/index.html', '/linked', '/too', '/too/', '/too/index.html', '/loop', '/loop/'],
    ...['/.env', '/%2eenv', '/.well-known/security.txt', '/docs/bare', '/docs/bare/', '/app.js/', '/app.js/x', `/${'a'.repeat(5000)}`],
    ...['/docs/%2e%2e', '/..', '/.', '/APP.js?', '/~', '/*', '/%'],
  ])('%s is not found', async (path) => {
    const answer = await ask(await built(), path)
    expect([path, answer.status]).toEqual([path, path === '/%' ? 400 : 404])
    expect(await text(answer)).not.toMatch(/secret|SECRET|outside|sibling|plinth-static/)
  })

  test.each(['/app.js%00', '/%00', '/%c0%ae%c0%ae/secret.txt', '/%zz', '/%ff'])('%s is malformed', async (path) => {
    expect((await ask(await built(), path)).status).toBe(400)
  })

  test('dotfiles only where allowed, and then not above the folder', async () => {
    const app = await built({ dotfiles: true })
    expect(await text(await ask(app, '/.well-known/security.txt'))).toBe('Contact: x')
    for (const path of ['/../secret.txt', '/%2e%2e/secret.txt', '/.', '/..', '/link.txt'])
      expect([path, (await ask(app, path)).status]).toEqual([path, 404])
  })
})

describe('folders', () => {
  test('show their index under their slash, and are led to it without', async () => {
    const app = await built()
    expect(await text(await ask(app, '/'))).toBe('<p>home</p>')
    expect(await text(await ask(app, '/docs/'))).toBe('<p>docs</p>')
    const led = await ask(app, '/docs?a=1&b=%2F')
    expect([led.status, led.header('location')]).toEqual([308, '/docs/?a=1&b=%2F'])
  })

  test('show nothing where index is off, another file where it is named', async () => {
    const none = await built({ index: false })
    for (const path of ['/', '/docs', '/docs/']) expect([path, (await ask(none, path)).status]).toEqual([path, 404])
    expect(await text(await ask(await built({ index: 'app.js' }), '/'))).toBe('let a = 1')
  })
})

describe('under a prefix', () => {
  test('its own, that of a use, and those of modules around it', async () => {
    const inner = module('inner', '/t/:tenant').use('/files', staticFiles(root, { prefix: '/v1' }))
    const app = await core().use('/assets', staticFiles(root)).use('/in', inner).build({ mode: 'test' })
    for (const path of ['/assets/app.js', '/%61ssets/app.js', '/in/t/a%2Fb/files/v1/app.js']) {
      expect([path, await text(await ask(app, path))]).toEqual([path, 'let a = 1'])
    }
    for (const path of ['/assets', '/app.js', '/assets/../assets/app.js', '/in/t/a/files/app.js']) {
      expect([path, (await ask(app, path)).status]).toEqual([path, 404])
    }
    expect((await ask(app, '/assets/docs')).header('location')).toBe('/assets/docs/')
  })
})

describe('a fallback', () => {
  test('answers navigations that no file answers, never scripts, other methods or spellings', async () => {
    const app = await built({ fallback: 'index.html', maxAge: 60 })
    const page = { accept: 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8' }
    for (const path of ['/users/7', '/docs/bare/', '/.env']) {
      const answer = await ask(app, path, page)
      expect([path, answer.status, await text(answer), answer.header('cache-control')]).toEqual([path, 200, '<p>home</p>', 'no-cache'])
    }
    for (const headers of [{}, { accept: '*/*' }, { accept: 'application/json' }, { accept: 'text/html;q=0' }] as {
      [name: string]: string
    }[]) {
      expect((await ask(app, '/users/7', headers)).status).toBe(404)
    }
    expect((await ask(app, '/users/7', page, 'POST')).status).toBe(405)
    expect(await text(await ask(app, '/app.js', page))).toBe('let a = 1')
  })
})

describe('caches', () => {
  test('may keep files for as long as was said, hashed ones for a year, pages never', async () => {
    const app = await built({ maxAge: 60, immutable: /\.[0-9a-f]{6}\.js$/g })
    for (let i = 0; i < 2; i++) {
      expect((await ask(app, '/app.0a1b2c.js')).header('cache-control')).toBe('public, max-age=31536000, immutable')
      expect((await ask(app, '/app.js')).header('cache-control')).toBe('public, max-age=60')
      expect((await ask(app, '/')).header('cache-control')).toBe('no-cache')
    }
  })

  test('that are shared keep nothing that stands behind a guard', async () => {
    const pass = guard((ctx) => (ctx.header('x-user') === undefined ? refuse('not-signed-in') : undefined))
    const app = await core({ guards: [pass] })
      .use('/closed', staticFiles(root, { maxAge: 60 }))
      .use('/open', staticFiles(root, { maxAge: 60, open: true }))
      .build({ mode: 'test' })
    expect((await ask(app, '/closed/app.js')).status).toBe(401)
    expect((await ask(app, '/closed/app.js', { 'x-user': 'a' })).header('cache-control')).toBe('private, max-age=60')
    expect((await ask(app, '/closed/', { 'x-user': 'a' })).header('cache-control')).toBe('private, no-cache')
    expect((await ask(app, '/open/app.js')).header('cache-control')).toBe('public, max-age=60')
  })

  // The first place that was asked once decided for all of them.
  test('that are shared know each place in which the same files stand', async () => {
    const files = staticFiles(root, { maxAge: 60 })
    const pass = guard(() => {})
    const members = module('members').guard(pass).use(files)
    const app = await core().use('/all', files).use('/members', members).build({ mode: 'test' })
    expect((await ask(app, '/all/app.js')).header('cache-control')).toBe('public, max-age=60')
    expect((await ask(app, '/members/app.js')).header('cache-control')).toBe('private, max-age=60')
  })
})

describe('what keeps an application from starting', () => {
  test('a folder that is missing or is a file, a fallback that is none', async () => {
    const boot = (folder: string | URL, options?: StaticFilesOptions): Promise<Built> =>
      core().use(staticFiles(folder, options)).build({ mode: 'test' })
    await expect(boot(join(base, 'nowhere'))).rejects.toThrow("staticFiles: there is no folder '")
    await expect(boot(join(base, 'secret.txt'))).rejects.toThrow('staticFiles: there is no folder')
    await expect(boot(root, { fallback: 'nothing.html' })).rejects.toThrow("the fallback 'nothing.html' is not a file")
    await expect(boot(root, { fallback: 'docs' })).rejects.toThrow("the fallback 'docs' is not a file")
    expect(await text(await ask(await boot(pathToFileURL(`${root}/`)), '/app.js'))).toBe('let a = 1')
  })

  test.each<[StaticFilesOptions, string]>([
    [{ prefix: 'assets' as '/a' }, "staticFiles: prefix 'assets' must begin with '/'"],
    [{ prefix: '/assets/' }, 'not end with it'],
    [{ prefix: '/:a' }, 'hold no parameter'],
    [{ maxAge: -1 }, 'staticFiles: maxAge must be a whole number of seconds'],
    [{ index: 'a/b.html' }, 'staticFiles: index must be the name of a file'],
    [{ index: '' }, 'staticFiles: index must be the name of a file'],
  ])('%j', (options, message) => {
    expect(() => staticFiles(root, options)).toThrow(message)
    expect(() => staticFiles(root, options)).toThrow(TypeError)
  })
})
