import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { Installed, type Command, type Project } from '../fixtures/installed.ts'
import { addressOf, stopSignals } from './dev.ts'

let installed: Installed
beforeAll(async () => {
  installed = await Installed.make()
}, 30_000)
afterAll(() => installed.remove(), 30_000)

const hello = (text: string): string => `import { app } from 'plinth'

export default app()
  .get('/', () => '${text}')
  .get('/hello/:name', ({ params }: { params: { name: string } }) => ({ message: \`Hello \${params.name}\` }))
`

interface Got {
  readonly status: number | undefined
  readonly type: string | undefined
  readonly policy: unknown
  readonly text: string
}

function get(url: string, accept = '*/*'): Promise<Got> {
  return new Promise((resolve, reject) => {
    const call = request(url, { headers: { accept }, agent: false }, (answer) => {
      let text = ''
      answer.setEncoding('utf8').on('data', (it: string) => (text += it))
      answer.on('end', () =>
        resolve({
          status: answer.statusCode,
          type: answer.headers['content-type'],
          policy: answer.headers['content-security-policy'],
          text,
        }),
      )
    })
    call.on('error', reject).end()
  })
}

async function serving(
  project: Project,
  args: readonly string[] = [],
  env = {},
): Promise<{ readonly command: Command; readonly url: string }> {
  const command = project.start(['dev', ...args, '--port', '0'], { LOG_LEVEL: 'silent', ...env })
  const [, port] = await command.says(/http:\/\/localhost:(\d+)/)
  return { command, url: `http://127.0.0.1:${port}` }
}

describe('plinth dev', { timeout: 30_000 }, () => {
  test('serves TypeScript, tells where, and answers with new code after each change', async () => {
    const project = installed.project({ 'app.ts': hello('one') })
    const { command, url } = await serving(project)
    expect(command.stderr).toMatch(/plinth \d+\.\d+\.\d+ {2}ready in \d+ ms, 2 routes/)
    expect(command.stderr).toContain('/docs  documentation')
    expect((await get(`${url}/hello/Ada`)).text).toBe('{"message":"Hello Ada"}')
    project.write('app.ts', hello('two'))
    await command.says(/app\.ts changed/)
    // It is being replaced now: the request waits for the new one.
    expect((await get(url)).text).toBe('two')
    await command.says(/ready again in \d+ ms/)
    expect((await command.stop()).code).toBe(0)
  })

  test('no request fails while it restarts', async () => {
    const project = installed.project({ 'app.ts': hello('0') })
    const { command, url } = await serving(project)
    const enough = new AbortController()
    let answered = 0
    const texts = new Set<string>()
    const client = async (): Promise<void> => {
      while (!enough.signal.aborted) {
        const { status, text } = await get(url)
        expect(status).toBe(200)
        texts.add(text)
        answered++
      }
    }
    const clients = [client(), client(), client()]
    for (const round of ['1', '2']) {
      project.write('app.ts', hello(round))
      while (!texts.has(round)) await Promise.race([get(url), ...clients])
    }
    enough.abort()
    await Promise.all(clients)
    expect(answered).toBeGreaterThan(2)
    await command.stop()
  })

  test('a file that is imported deep inside, outside the project too, and .env files restart it', async () => {
    const shared = installed.project({ 'text.ts': "export const text = 'a'\n" })
    const project = installed.project({
      'src/app.ts':
        "import { app } from 'plinth'\nimport { say } from './deep/say.js'\nexport default app().get('/', () => say() + (process.env.WORD ?? ''))\n",
      'src/deep/say.ts': `import { text } from '${shared.folder}/text.ts'\nenum Mark { End = '!' }\nexport const say = (): string => text + Mark.End\n`,
      'words.env': 'WORD=x',
    })
    const { command, url } = await serving(project, ['--env-file', 'words.env'])
    expect((await get(url)).text).toBe('a!x')
    shared.write('text.ts', "export const text = 'bb'\n")
    await command.says(/text\.ts changed/)
    expect((await get(url)).text).toBe('bb!x')
    project.write('words.env', 'WORD=yy')
    await command.says(/words\.env changed/)
    expect((await get(url)).text).toBe('bb!yy')
    project.write('.env', 'A=1')
    await command.says(/\.env changed[^]*ready again[^]*\.env changed/)
    await command.stop()
  })

  test.each([
    ['does not parse', 'const a: = 1\n', 'Unexpected &quot;=&quot;', 'app.ts:1:10'],
    ['throws', 'const user: { name: string } = undefined as never\nuser.name\n', 'Cannot read properties of undefined', 'app.ts:2:6'],
    ['imports what is not there', "import './gone.ts'\n", 'There is no file gone.ts to import', 'app.ts:1:11'],
    ['lacks a package', "import 'left-pad'\n", 'The package &#39;left-pad&#39; is not installed', 'app.ts:1:9'],
    ['exports nothing', '', 'app.ts exports nothing', 'app.ts'],
    [
      'can not start',
      "import { app } from 'plinth'\nexport default app()\n  .get('/a', () => 1)\n  .get('/a', () => 2)\n",
      '/a',
      'app.ts:4:4',
    ],
    ['ends itself', 'process.exit(3)\n', 'The process ended before it was ready with exit code 3', ''],
  ])('an application that %s is explained, until it is mended', async (_, text, message, at) => {
    const project = installed.project({ 'app.ts': text })
    const command = project.start(['dev', '--port', '0'], { LOG_LEVEL: 'silent' })
    const [, port] = await command.says(/localhost:(\d+) shows this too/)
    const url = `http://127.0.0.1:${port}`
    const page = await get(url, 'text/html')
    expect(page).toMatchObject({ status: 500, type: 'text/html; charset=utf-8', policy: expect.stringContaining("default-src 'none'") })
    expect(page.text).toContain(message)
    expect(page.text).toContain(at)
    expect(command.stderr).toContain(at)
    const problem = await get(url)
    expect(problem).toMatchObject({ status: 500, type: 'application/problem+json; charset=utf-8' })
    expect(JSON.parse(problem.text)).toMatchObject({ code: 'boot-failed', status: 500 })
    project.write('app.ts', hello('mended'))
    await command.says(/changed/)
    expect((await get(url)).text).toBe('mended')
    await command.stop()
  })

  test('a file that was missing heals it by appearing, in a folder that was missing too', async () => {
    const project = installed.project({
      'app.ts': "import { app } from 'plinth'\nimport { text } from './lib/text.ts'\nexport default app().get('/', () => text)\n",
    })
    const command = project.start(['dev', '--port', '0'], { LOG_LEVEL: 'silent' })
    const [, port] = await command.says(/localhost:(\d+) shows this too/)
    project.write('lib/text.ts', "export const text = 'here'\n")
    await command.says(/ready in/)
    expect((await get(`http://127.0.0.1:${port}`)).text).toBe('here')
    await command.stop()
  })

  test('an error in a handler is a page for browsers and a fixed problem for programs; a crash is explained', async () => {
    const project = installed.project({
      'app.ts': `import { app } from 'plinth'
type Nothing = null
export default app()
  .get('/broken', () => { throw new Error('<told to nobody>') })
  .get('/crash', () => { setTimeout(() => { throw new Error('later') }); return 'ok' })
`,
    })
    const { command, url } = await serving(project)
    const page = await get(`${url}/broken`, 'text/html')
    expect(page.text).toContain('&lt;told to nobody&gt;')
    expect(page.text).toContain('app.ts:4:33')
    const program = await get(`${url}/broken`)
    expect(program.status).toBe(500)
    expect(program.text).not.toContain('told to nobody')
    await get(`${url}/crash`).catch(() => {})
    await command.says(/The application crashed[^]*later[^]*app\.ts:5:51/)
    expect((await get(url, 'text/html')).text).toContain('The application crashed')
    await command.stop()
  })

  test('production shows no page', async () => {
    const project = installed.project({
      'app.ts': "import { app } from 'plinth'\nexport default app().get('/', () => { throw new Error('secret') })\n",
    })
    const { command, url } = await serving(project, [], { NODE_ENV: 'production' })
    expect((await get(url, 'text/html')).text).not.toContain('secret')
    await command.stop()
  })

  test('a port that is taken ends it with what to do', async () => {
    const project = installed.project({ 'app.ts': hello('a') })
    const { command, url } = await serving(project)
    const second = await project.run(['dev', '--port', new URL(url).port])
    expect(second.code).toBe(1)
    expect(second.stderr).toContain('EADDRINUSE')
    expect(second.stderr).toContain('take another port with --port')
    await command.stop()
  })
})

test('its own output in the folder of an application that can not start is no change', { timeout: 60_000 }, async () => {
  const project = installed.project({ 'app.ts': 'throw new Error("not yet")\n' })
  const out = openSync(join(project.folder, 'out.txt'), 'w')
  const { NODE_ENV: _mode, FORCE_COLOR: _force, ...env } = process.env
  const args = [installed.bin, 'dev', '--port', '0']
  const child = spawn(process.execPath, args, { cwd: project.folder, env: { ...env, NO_COLOR: '1' }, stdio: ['ignore', out, out] })
  closeSync(out)
  const said = (): string => readFileSync(join(project.folder, 'out.txt'), 'utf8')
  const ended = once(child, 'close')
  try {
    await vi.waitUntil(() => said().includes('waiting for a change'), { timeout: 30_000 })
    project.write('app.log', 'something')
    project.write('app.ts', `import { app } from 'plinth'\nexport default app()\n`)
    await vi.waitUntil(() => said().includes('ready'), { timeout: 30_000 })
    expect(said().match(/↻ .*/g)).toEqual(['↻ app.ts changed'])
  } finally {
    child.kill('SIGINT')
    await ended
  }
})

test('Windows has signals of its own', () => {
  expect(stopSignals('win32')).toEqual(['SIGINT', 'SIGHUP', 'SIGBREAK'])
  expect(stopSignals('linux')).toEqual(['SIGINT', 'SIGTERM', 'SIGHUP'])
})

test.each([
  ['127.0.0.1', 'http://localhost:1'],
  ['::', 'http://localhost:1'],
  ['::2', 'http://[::2]:1'],
  ['example.test', 'http://example.test:1'],
])('the address of %s', (host, address) => expect(addressOf(host, 1)).toBe(address))
