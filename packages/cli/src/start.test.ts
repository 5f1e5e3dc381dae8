import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { get, type IncomingMessage } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Installed } from './fixtures/installed.ts'

let installed: Installed
beforeAll(async () => {
  installed = await Installed.make()
}, 30_000)
afterAll(() => installed.remove(), 30_000)

const posix = process.platform !== 'win32'

describe('plinth start', { timeout: 30_000 }, () => {
  test('serves as in production; SIGTERM lets what is in flight finish and ends it', async () => {
    const project = installed.project({
      'app.ts': `import { app } from 'plinth'
export default app()
  .get('/', () => process.env.NODE_ENV + process.env.WORD)
  .get('/slow', async () => {
    console.log('begun')
    await new Promise((resolve) => process.once('SIGTERM', () => setTimeout(resolve, 50)))
    return 'done' as string
  })
`,
      'a.env': 'WORD=word\nNODE_ENV_X=1\n',
    })
    const command = project.start(['start', '--port', '0', '--host', '127.0.0.1', '--env-file', 'a.env'])
    const [, url] = await command.says(/"url":"(http:[^"]+)"/)
    expect(await (await fetch(url as string)).text()).toBe('productionword')
    expect((await fetch(`${url}/docs`)).status).toBe(404)
    const slow = fetch(`${url}/slow`)
    await command.says(/begun/)
    if (posix) {
      command.process.kill('SIGTERM')
      expect(await (await slow).text()).toBe('done')
      expect((await command.ended).code).toBe(0)
    } else await command.stop()
  })

  test('NODE_ENV that is set holds; PORT is where it listens', async () => {
    const project = installed.project({
      'app.js':
        "import { app } from 'plinth'\nexport const it = 1\nexport { made as app }\nconst made = app().get('/', () => process.env.NODE_ENV)\n",
    })
    const command = project.start(['start'], { NODE_ENV: 'development', PORT: '0' })
    const [, url] = await command.says(/"url":"(http:[^"]+)"/)
    expect(await (await fetch(url as string)).text()).toBe('development')
    expect((await command.stop()).code).toBe(0)
  })

  test('every problem is told when it can not start: exit code 1', async () => {
    const project = installed.project({
      'app.ts': `import { app, service } from 'plinth'
interface Mail { host: string }
const Mailer = service('mailer', (): Mail => { throw new Error('no host') })
export default app().use(Mailer).get('/a', () => 1).get('/a', () => 2)
`,
      'broken.js': 'export default {\n',
    })
    const { code, stdout, stderr } = await project.run(['start'])
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toContain('2 problems')
    expect(stderr).toMatch(/no host[^]*app\.ts:3:54/)
    expect(stderr).toMatch(/at {2}app\.ts:4:53/)
    const broken = await project.run(['start', 'broken.js'])
    expect(broken.code).toBe(1)
    expect(broken.stderr).toMatch(/SyntaxError[^]*broken\.js:\d/)
    expect((await project.run(['start'], { PORT: 'x' })).code).toBe(2)
  })

  test.each([[[]], [['--workers', '1']]])('a port that is taken is told before anything is made of the application (%j)', async (more) => {
    const project = installed.project({
      'app.ts': `import { app, service } from 'plinth'
import { writeFileSync } from 'node:fs'
const Database = service('database', () => writeFileSync('migrated', ''))
export default app().use(Database)
`,
    })
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const { port } = taken.address() as AddressInfo
    try {
      const { code, stdout, stderr } = await project.run(['start', '--port', String(port), '--host', '127.0.0.1', ...more])
      expect([code, stdout]).toEqual([1, ''])
      expect(stderr).toContain(`EADDRINUSE: address already in use 127.0.0.1:${port}`)
      expect(stderr).toContain('take another port with --port')
      expect(existsSync(join(project.folder, 'migrated'))).toBe(false)
    } finally {
      taken.close()
    }
  })

  const asked = (url: string, host: string): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      get(url, { headers: { host, connection: 'keep-alive' }, agent: false }, (answer) => resolve(answer.resume())).on('error', reject)
    })
  const files = { 'app.ts': "import { app } from 'plinth'\nexport default app().get('/', () => 'here')\n" }

  test.each([
    [['--hosts', 'api.example.com, *.example.org'], {}, false],
    [['--workers', '1'], { PLINTH_HOSTS: 'api.example.com,*.example.org', PLINTH_TRANSPORT: 'node:http' }, true],
    [['--transport', 'node:http'], { PLINTH_HOSTS: 'api.example.com,*.example.org', PLINTH_TRANSPORT: 'http1' }, true],
  ])('hosts and transport are those of flags, else of variables: %j %j', async (flags, env, onNodeHttp) => {
    const command = installed.project(files).start(['start', '--port', '0', '--host', '127.0.0.1', ...flags], env)
    const [, url = ''] = await command.says(/"url":"(http:[^"]+)"/)
    for (const [host, status] of [
      ['api.example.com', 200],
      ['a.example.org', 200],
      ['example.net', 421],
    ] as const)
      expect([host, (await asked(url, host)).statusCode]).toEqual([host, status])
    // Only that one says how long it keeps a connection.
    expect((await asked(url, 'api.example.com')).headers['keep-alive'] !== undefined).toBe(onNodeHttp)
    expect((await command.stop()).code).toBe(0)
  })

  test('a transport or a host that there is not is told, and nothing is made of the application', async () => {
    const project = installed.project(files)
    const told = async (args: readonly string[], env = {}): Promise<unknown> => {
      const { code, stderr } = await project.run(['start', '--port', '0', ...args], env)
      return [code, stderr.split('\n')[0]]
    }
    expect(await told(['--transport', 'http2'])).toEqual([2, "✗ --transport is 'http2': there are http1 and node:http"])
    expect(await told([], { PLINTH_TRANSPORT: 'http' })).toEqual([2, "✗ PLINTH_TRANSPORT is 'http': there are http1 and node:http"])
    const fix = "is no host; write 'api.example.com', '*.example.com' or '[::1]', without a port"
    expect(await told(['--hosts', 'a.example,b.example:80'])).toEqual([2, `✗ hosts: "b.example:80" ${fix}`])
    expect(await told([], { PLINTH_HOSTS: 'a.example,' })).toEqual([2, `✗ hosts: "" ${fix}`])
  })
})

describe('data and messages', { timeout: 30_000 }, () => {
  test('what the application prints does not mix with what was asked for, and what it leaves open does not keep it', async () => {
    const project = installed.project({
      'package.json': '{}',
      'src/app.ts': `import { app } from 'plinth'
console.log('noise')
setInterval(() => {}, 1000)
const label: string = 'Pets'
export default app({ name: label }).get('/pets', () => [])
`,
    })
    const document = await project.run(['openapi'])
    expect([document.code, document.stderr]).toEqual([0, 'noise\n'])
    expect(JSON.parse(document.stdout)).toMatchObject({ info: { title: 'Pets' }, paths: { '/pets': {} } })
    const routes = await project.run(['routes'])
    expect(routes.stdout).toMatch(/^GET +\/pets +src\/app\.ts:5:37$/m)
    expect(routes.stdout).not.toContain('\x1b[')
    expect((await project.run(['doctor'])).stdout).toContain('✓ The application would start')
  })

  test('a reader that leaves early is no failure', async () => {
    const project = installed.project({ 'app.ts': "import { app } from 'plinth'\nexport default app()\n" })
    const command = project.start(['openapi'])
    command.process.stdout?.destroy()
    await once(command.process, 'exit')
    expect(command.stderr).toBe('')
  })

  test('colours only where they are wanted', async () => {
    const project = installed.project({ 'app.ts': "import { app } from 'plinth'\nexport default app()\n" })
    expect((await project.run(['routes'], { FORCE_COLOR: '1' })).stdout).toContain('\x1b[1m')
    expect((await project.run(['--help'])).stdout).not.toContain('\x1b[')
  })

  test('plinth itself is not installed', async () => {
    const project = installed.project({ 'app.ts': "import 'plinthe'\n" })
    const { code, stderr } = await project.run(['routes'])
    expect(code).toBe(1)
    expect(stderr).toContain("The package 'plinthe' is not installed")
  })
})
