import { Agent, request } from 'node:http'
import { connect, type Socket } from 'node:net'
import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Command, Installed, type Project } from '../fixtures/installed.ts'

let installed: Installed
beforeAll(async () => {
  installed = await Installed.make()
}, 60_000)
afterAll(() => installed.remove(), 30_000)

const posix = process.platform !== 'win32'
const app = (version: string, more = ''): string => `import { app } from 'plinth'
export default app()
  .get('/', () => '${version}')
  .get('/pid', () => ({ pid: process.pid, worker: process.env.PLINTH_WORKER }))
  .get('/crash', () => { setImmediate(() => { throw new Error('crash') }); return 'soon' })
  ${more}
`

async function serving(project: Project, workers: number): Promise<{ readonly command: Command; readonly url: string }> {
  const command = project.start(['start', '--workers', String(workers), '--port', '0', '--host', '127.0.0.1'])
  await command.says(/every worker serves/)
  const [, url] = await command.says(/"url":"(http:[^"]+)"/)
  return { command, url: url as string }
}

/** Fails on whatever a client would have to retry. */
function get(url: string, agent: Agent | false = false): Promise<{ readonly status: number | undefined; readonly text: string }> {
  return new Promise((resolve, reject) => {
    request(url, { agent }, (answer) => {
      let text = ''
      answer.setEncoding('utf8').on('data', (it: string) => (text += it))
      answer.on('end', () => resolve({ status: answer.statusCode, text }))
    })
      .on('error', reject)
      .end()
  })
}

/** Clients that never retry, on connections that they keep, until `end`. Gives the texts of all answers. */
class Clients {
  readonly texts = new Set<string>()
  count = 0
  #ended = false
  readonly #all: Promise<unknown>

  constructor(url: string, count: number) {
    this.#all = Promise.all(
      Array.from({ length: count }, async () => {
        const agent = new Agent({ keepAlive: true, maxSockets: 1 })
        try {
          while (!this.#ended) {
            const { status, text } = await get(url, agent)
            if (status !== 200) throw new Error(`an answer with ${status}`)
            this.texts.add(text)
            this.count++
          }
        } finally {
          agent.destroy()
        }
      }),
    )
    this.#all.catch(() => {})
  }

  end(): Promise<unknown> {
    this.#ended = true
    return this.#all
  }
}

describe('plinth start --workers', { timeout: 60_000 }, () => {
  test('several processes share the port, and each line of the log says whose it is', async () => {
    const project = installed.project({ 'app.ts': app('one') })
    const { command, url } = await serving(project, 2)
    const seen = new Map<string, number>()
    while (seen.size < 2) {
      const { pid, worker } = JSON.parse((await get(`${url}/pid`)).text) as { readonly pid: number; readonly worker: string }
      expect(pid).not.toBe(command.process.pid)
      seen.set(worker, pid)
    }
    expect(new Set(seen.values()).size).toBe(2)
    expect([...seen.keys()].toSorted()).toEqual(['1', '2'])
    expect(command.stdout).toMatch(/"worker":1[^\n]*"message":"listening"/)
    expect(command.stdout).toMatch(/"worker":2[^\n]*"message":"listening"/)
    expect(command.stdout).toMatch(/"worker":"primary"[^\n]*"message":"every worker serves"/)
    expect((await command.stop()).code).toBe(0)
  })

  test('a worker that crashes is replaced, and the others serve meanwhile', async () => {
    const project = installed.project({ 'app.ts': app('one') })
    const { command, url } = await serving(project, 2)
    await get(`${url}/crash`).catch(() => {})
    await command.says(/"how":"exit code \d+"[^\n]*"waitMs":100[^\n]*a worker ended; another one takes its place/)
    expect((await get(url)).text).toBe('one')
    await command.says(/"worker":3[^\n]*"message":"listening"/)
    expect((await command.stop()).code).toBe(0)
  })

  test('an application that can not start ends it with every problem, once', async () => {
    const broken = installed.project({
      'app.ts': "import { app } from 'plinth'\nexport default app().get('/a', () => 1).get('/a', () => 2)\n",
      'ends.js': 'process.exit(3)\n',
    })
    const { code, stderr } = await broken.run(['start', '--workers', '3', '--port', '0'])
    expect(code).toBe(1)
    expect(stderr.match(/app\.ts:2:\d+/g)?.length).toBeLessThan(4)
    expect(stderr).toContain('/a')
    const ended = await broken.run(['start', 'ends.js', '--workers', '2', '--port', '0'])
    expect([ended.code, ended.stderr]).toMatchObject([1, expect.stringContaining('A worker ended with exit code 3 before it was ready')])
  })

  test('workers that crash and can not start again end it with what the last one said', async () => {
    const project = installed.project({ 'app.ts': app('one') })
    const { command, url } = await serving(project, 1)
    project.write('app.ts', "throw new Error('no more')\n")
    await get(`${url}/crash`).catch(() => {})
    const { code, stderr } = await command.ended
    expect(code).toBe(1)
    expect(stderr).toMatch(/No worker is left, and 5 in a row could not start\. The last one: .*no more/)
    expect(stderr).toContain('app.ts:1:')
  })

  test.each(['0', '257', 'many', '-1', '1.5'])('%s is no number of workers', async (workers) => {
    const project = installed.project({ 'app.ts': app('one') })
    const { code, stderr } = await project.run(['start', `--workers=${workers}`])
    expect([code, stderr]).toMatchObject([
      2,
      expect.stringContaining(`--workers is '${workers}': write how many processes, 1 to 256, or auto`),
    ])
  })

  test.runIf(posix)('SIGTERM lets what is in flight finish in every worker, then ends it', async () => {
    const project = installed.project({
      'app.ts': app(
        'one',
        ".get('/slow', async () => { console.log('begun'); await new Promise((done) => process.once('message', done)); return 'done' as string })",
      ),
    })
    const { command, url } = await serving(project, 2)
    const slow = [get(`${url}/slow`), get(`${url}/slow`)]
    await command.says(/begun[^]*begun/)
    const [, pid] = (await command.says(/"pid":(\d+)[^\n]*every worker serves/)) as unknown as readonly [string, string]
    process.kill(Number(pid), 'SIGTERM')
    expect((await Promise.all(slow)).map((it) => it.text)).toEqual(['done', 'done'])
    expect((await command.ended).code).toBe(0)
  })
})

describe('what workers have in common', { timeout: 60_000 }, () => {
  test('is counted, heard and told as one, and outlives a reload', async () => {
    const project = installed.project({
      'app.ts': `import { app } from 'plinth'
import { PubSub } from 'plinth/channels'
import { rateLimit } from 'plinth/middleware'
import { metrics } from 'plinth/ops'
import { module, service } from 'plinth'
const Heard = service('heard', ({ use }) => {
  const heard: unknown[] = []
  use(PubSub).subscribe('news', (message) => heard.push(message))
  return heard
})
export default app()
  .use(metrics({ public: true }))
  .use(Heard)
  .get('/pid', () => ({ pid: process.pid }))
  .get('/heard', ({ use }) => ({ pid: process.pid, heard: use(Heard) }))
  .post('/news', ({ use }) => { use(PubSub).publish('news', 'new'); return 'told' })
  .use(module('limited').use(rateLimit({ limit: 10, window: 3_600_000 })).get('/limited', () => 'in'))
`,
    })
    const { command, url } = await serving(project, 3)
    const limited = async (times: number): Promise<number> => {
      const answers = await Promise.all(Array.from({ length: times }, () => get(`${url}/limited`)))
      return answers.filter((it) => it.status === 200).length
    }
    expect(await limited(60)).toBe(10)
    await fetch(`${url}/news`, { method: 'POST' })
    const hearers = new Set<number>()
    while (hearers.size < 3) {
      const { pid, heard } = JSON.parse((await get(`${url}/heard`)).text) as { readonly pid: number; readonly heard: readonly string[] }
      if (heard.length > 0) hearers.add(pid)
      expect(heard.length).toBeLessThanOrEqual(1)
    }
    const counted = async (): Promise<readonly [number, number]> => {
      const { text } = await get(`${url}/metrics`)
      const series = (name: string): number => Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1])
      const of = (status: number) => `http_server_request_duration_seconds_count\\{method="GET",route="/limited",status="${status}"\\}`
      return [series(of(200)), series(of(429))]
    }
    expect(await counted()).toEqual([10, 50])
    expect((await project.run(['reload'])).code).toBe(0)
    // One that crashes takes no budget with it, and no counts but those of its last moments.
    const { pid } = JSON.parse((await get(`${url}/pid`)).text) as { readonly pid: number }
    await counted()
    process.kill(pid, 'SIGKILL')
    await command.says(/another one takes its place/)
    expect(await limited(5)).toBe(0)
    expect(await counted()).toEqual([10, 55])
    expect((await command.stop()).code).toBe(0)
  })
})

describe('plinth reload', { timeout: 60_000 }, () => {
  test('brings new code to every worker while clients that never retry see no failure', async () => {
    const project = installed.project({ 'app.ts': app('one') })
    const { command, url } = await serving(project, 2)
    const clients = new Clients(url, 6)
    project.write('app.ts', app('two'))
    const { code, stderr } = await project.run(['reload'])
    expect([code, stderr]).toEqual([0, '1 of 2 replaced\n2 of 2 replaced\n'])
    expect((await get(url)).text).toBe('two')
    await clients.end()
    expect([...clients.texts].toSorted()).toEqual(['one', 'two'])
    if (posix) {
      project.write('app.ts', app('three'))
      const more = new Clients(url, 3)
      command.process.kill('SIGHUP')
      await command.says(/"old":4,"new":6/)
      expect((await get(url)).text).toBe('three')
      await more.end()
    }
    expect((await command.stop()).code).toBe(0)
  })

  test('a connection that is kept idle may still bring a request, whose answer ends it', async () => {
    const project = installed.project({ 'app.ts': app('one') })
    const { command, url } = await serving(project, 1)
    const idle = connect(Number(new URL(url).port), '127.0.0.1')
    const silent = connect(Number(new URL(url).port), '127.0.0.1')
    await Promise.all([once(idle, 'connect'), once(silent, 'connect')])
    expect(await asked(idle)).not.toMatch(/connection: close/i)
    project.write('app.ts', app('two'))
    const reloaded = project.run(['reload'])
    // The new one serves: from here on the old one closes.
    await command.says(/"worker":2[^\n]*"message":"listening"/)
    let last = ''
    while ((await get(url)).text !== 'two');
    // The old one is told to close once the new one serves; what it answers before that ends nothing.
    do last = await asked(idle)
    while (!/connection: close/i.test(last))
    expect(last).toMatch(/^HTTP\/1\.1 200 [^]*connection: close[^]*one$/i)
    expect(await asked(silent)).toMatch(/^HTTP\/1\.1 200 /)
    expect((await reloaded).code).toBe(0)
    idle.destroy()
    silent.destroy()
    expect((await command.stop()).code).toBe(0)
  })

  test('new code that can not start replaces nothing, and says why', async () => {
    const project = installed.project({ 'app.ts': app('one') })
    const { command, url } = await serving(project, 2)
    project.write('app.ts', "import './gone.ts'\n")
    const { code, stderr } = await project.run(['reload'])
    expect([code, stderr]).toMatchObject([1, expect.stringContaining('There is no file gone.ts to import')])
    expect((await get(url)).text).toBe('one')
    await command.says(/the new worker can not start; the old ones go on/)
    expect((await command.stop()).code).toBe(0)
  })

  test('says when there is nothing to reload', async () => {
    const project = installed.project({ 'app.ts': app('one') })
    expect(await project.run(['reload'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('No process of this user serves app.ts'),
    })
    expect(await project.run(['reload', '--pid', '1'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('The process 1 does not'),
    })
    expect(await project.run(['reload', '--pid', 'x'])).toMatchObject({ code: 2, stderr: expect.stringContaining("--pid is 'x'") })
  })
})

/** Sends a request on a connection, and gives its whole answer. */
async function asked(socket: Socket): Promise<string> {
  let text = ''
  const take = (chunk: Buffer): void => void (text += chunk.toString('latin1'))
  socket.on('data', take)
  socket.write('GET / HTTP/1.1\r\nHost: a.test\r\n\r\n')
  while (!/\r\n\r\n.{3}$/s.test(text))
    await Promise.race([once(socket, 'data'), once(socket, 'close').then(() => Promise.reject(new Error(`closed: ${text}`)))])
  socket.off('data', take)
  return text
}
