import { once } from 'node:events'
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
