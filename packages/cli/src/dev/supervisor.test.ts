import { once } from 'node:events'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Failure } from '../failure.ts'
import { Installed, type Project } from '../fixtures/installed.ts'
import { Supervisor } from './supervisor.ts'

let installed: Installed
beforeAll(async () => {
  installed = await Installed.make()
}, 30_000)
afterAll(() => installed.remove(), 30_000)

const running: Supervisor[] = []
afterEach(() => Promise.all(running.splice(0).map((it) => it.close())))

type Told = { readonly ready: boolean } | { readonly failed: Failure } | { readonly changed: string }

/** A supervisor in this process, with the serving process as users have it, and what it tells next. */
async function supervising(project: Project, port = 0): Promise<{ readonly url: string; readonly port: number; next(): Promise<Told> }> {
  const told: Told[] = []
  let wake = (): void => {}
  const tell = (it: Told): void => {
    told.push(it)
    wake()
  }
  const supervisor = new Supervisor(
    {
      script: join(installed.folder, 'node_modules/@plinth/cli/dist/dev/child.js'),
      entry: join(project.folder, 'app.ts'),
      cwd: project.folder,
      port,
      host: '127.0.0.1',
      env: () => ({ ...process.env, NODE_ENV: 'development', LOG_LEVEL: 'silent' }),
      envFiles: [join(project.folder, '.env')],
    },
    { ready: (_, ready) => tell({ ready }), failed: (failed) => tell({ failed }), changed: (changed) => tell({ changed }) },
  )
  running.push(supervisor)
  const address = await supervisor.listen()
  return {
    url: `http://127.0.0.1:${address.port}`,
    port: address.port,
    next: async () => {
      while (told.length === 0) await new Promise<void>((resolve) => (wake = resolve))
      return told.shift() as Told
    },
  }
}

const hello = (text: string): string => `import { app } from 'plinth'\nexport default app().get('/', () => '${text}' as string)\n`
const ask = async (url: string): Promise<[number, string]> => {
  const answer = await fetch(url)
  return [answer.status, await answer.text()]
}

test('connections wait for the application, for its successor, and for its mending', { timeout: 30_000 }, async () => {
  const project = installed.project({ 'app.ts': hello('first') })
  const path = join(project.folder, 'app.ts')
  const { url, next } = await supervising(project)
  expect(await ask(url)).toEqual([200, 'first'])
  expect(await next()).toEqual({ ready: false })
  project.write('app.ts', hello('second'))
  expect(await next()).toEqual({ changed: path })
  expect(await ask(url)).toEqual([200, 'second'])
  expect(await next()).toEqual({ ready: true })
  project.write('app.ts', 'export default 1\n')
  expect(await next()).toEqual({ changed: path })
  const [status, text] = await ask(url)
  expect([status, JSON.parse(text)]).toMatchObject([500, { code: 'boot-failed' }])
  expect(await next()).toMatchObject({ failed: { troubles: [{ code: 'no-application' }] } })
  project.write('app.ts', hello('third'))
  expect(await next()).toEqual({ changed: path })
  expect(await ask(url)).toEqual([200, 'third'])
})

test('a change while it starts makes it start anew; what changed beside the program counts too', { timeout: 30_000 }, async () => {
  const project = installed.project({ 'app.ts': `await new Promise(() => setInterval(() => {}, 1000))\n${hello('never')}` })
  const { url, next } = await supervising(project)
  const waiting = ask(url)
  project.write('app.ts', hello('at last'))
  expect(await next()).toMatchObject({ changed: expect.stringContaining('app.ts') })
  expect(await waiting).toEqual([200, 'at last'])
  expect(await next()).toEqual({ ready: false })
  project.write('.env', 'A=1')
  expect(await next()).toMatchObject({ changed: expect.stringContaining('.env') })
  expect(await next()).toEqual({ ready: true })
})

test('a new migration and a change of one make it start anew', { timeout: 30_000 }, async () => {
  const project = installed.project({ 'app.ts': hello('one') })
  const { next } = await supervising(project)
  expect(await next()).toEqual({ ready: false })
  for (const path of ['drizzle/meta/_journal.json', 'drizzle/0000_a.sql']) {
    if (path.endsWith('.json')) project.write('drizzle/0000_a.sql', '')
    project.write(path, `-- ${path}`)
    expect(await next()).toEqual({ changed: join(project.folder, path) })
    expect(await next()).toEqual({ ready: true })
  }
})

test('a process that ends by itself is told, and the connection that waited gets an answer', { timeout: 30_000 }, async () => {
  const project = installed.project({
    'app.ts': "import { app } from 'plinth'\nexport default app().get('/end', () => { setImmediate(() => process.exit(7)); return 1 })\n",
  })
  const { url, next } = await supervising(project)
  await ask(`${url}/end`).catch(() => {})
  expect(await next()).toEqual({ ready: false })
  expect(await next()).toMatchObject({ failed: { troubles: [{ message: 'The process ended with exit code 7' }] } })
  expect((await ask(url))[0]).toBe(500)
})

test('closing ends connections that wait and those that were told of a failure', { timeout: 30_000 }, async () => {
  const project = installed.project({ 'app.ts': 'throw 1\n' })
  const { port, next } = await supervising(project)
  expect(await next()).toMatchObject({ failed: {} })
  const socket = connect(port, '127.0.0.1').on('error', () => {})
  await once(socket, 'connect')
  const closed = once(socket, 'close')
  await Promise.all(running.splice(0).map((it) => it.close()))
  await closed
})

test('a port that is taken is told, and no process stays behind', { timeout: 30_000 }, async () => {
  const project = installed.project({ 'app.ts': hello('one') })
  const { port } = await supervising(project)
  await expect(supervising(project, port)).rejects.toMatchObject({ code: 'EADDRINUSE' })
})
