import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, test } from 'vitest'

const fixture = fileURLToPath(new URL('./fixtures/shutdown-app.ts', import.meta.url))
const left = new Set<ChildProcess>()

afterEach(() => {
  for (const child of left) child.kill('SIGKILL')
  left.clear()
})

interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

class App {
  readonly child: ChildProcess
  readonly said: string[] = []
  readonly exit: Promise<Exit>
  output = ''
  port = 0
  #waiting: { readonly what: string; readonly done: () => void }[] = []

  constructor(...args: readonly string[]) {
    this.child = fork(fixture, args, { execArgv: ['--import', 'tsx/esm'], stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
    left.add(this.child)
    this.exit = once(this.child, 'exit').then(([code, signal]) => ({
      code: code as number | null,
      signal: signal as NodeJS.Signals | null,
    }))
    for (const stream of [this.child.stdout, this.child.stderr]) stream?.on('data', (chunk: Buffer) => (this.output += chunk.toString()))
    this.child.on('message', (message: { what: string; port?: number }) => {
      if (message.port !== undefined) this.port = message.port
      this.said.push(message.what)
      this.#waiting = this.#waiting.filter(({ what, done }) => (what === message.what ? void done() : true))
    })
  }

  async hear(what: string): Promise<void> {
    if (this.said.includes(what)) return
    const heard = new Promise<void>((done) => this.#waiting.push({ what, done }))
    await Promise.race([
      heard,
      this.exit.then(() => Promise.reject(new Error(`the process ended before it said '${what}':\n${this.output}`))),
    ])
  }

  /** Lets what waits inside go on. */
  release(): void {
    this.child.send('go')
  }

  async log(message: string): Promise<void> {
    while (!this.output.includes(`"message":"${message}"`)) await once(this.child.stdout as NodeJS.EventEmitter, 'data')
  }

  async client(): Promise<Client> {
    const socket = connect(this.port, '127.0.0.1')
    await once(socket, 'connect')
    return new Client(socket)
  }
}

class Client {
  readonly socket: Socket
  readonly closed: Promise<void>
  received = ''

  constructor(socket: Socket) {
    this.socket = socket
    socket.on('data', (chunk: Buffer) => (this.received += chunk.toString()))
    // Reset or ended: for an idle connection both are the end.
    socket.on('error', () => {})
    this.closed = new Promise((done) => void socket.once('close', () => done()))
  }

  get(path: string): this {
    this.socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`)
    return this
  }

  async until(text: string): Promise<void> {
    while (!this.received.includes(text))
      await Promise.race([
        once(this.socket, 'data'),
        this.closed.then(() => Promise.reject(new Error(`closed after ${JSON.stringify(this.received)}`))),
      ])
  }
}

async function listening(...args: readonly string[]): Promise<App> {
  const app = new App(...args)
  await app.hear('listening')
  return app
}

describe('SIGTERM', { timeout: 30_000 }, () => {
  test('lets what is in flight finish with Connection: close, closes idle connections at once, and ends with 0', async () => {
    const app = await listening()
    const kept = (await app.client()).get('/')
    await kept.until('here')
    const silent = await app.client()
    const slow = await Promise.all(Array.from({ length: 5 }, async () => (await app.client()).get('/slow')))
    const stream = (await app.client()).get('/stream')
    await stream.until('begin')
    while (app.said.filter((it) => it === 'slow').length < 5) await once(app.child, 'message')

    app.child.kill('SIGTERM')
    await Promise.all([kept.closed, silent.closed])
    const refused = connect(app.port, '127.0.0.1')
    const [error] = (await once(refused, 'error')) as [NodeJS.ErrnoException]
    expect(error.code).toBe('ECONNREFUSED')
    expect(app.said).not.toContain('disposed outer')

    const before = performance.now()
    app.release()
    for (const client of slow) {
      await client.closed
      expect(client.received).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
      expect(client.received).toMatch(/\r\nconnection: close\r\n/i)
      expect(client.received).toMatch(/\r\n\r\ndone$/)
    }
    // Its head was sent before anybody knew: the connection must still end with the answer.
    await stream.closed
    expect(stream.received).toMatch(/end\r\n0\r\n\r\n$/)
    expect(await app.exit).toEqual({ code: 0, signal: null })
    expect(performance.now() - before).toBeLessThan(4_000)
    expect(app.said.slice(-2)).toEqual(['disposed outer', 'disposed inner'])
  })

  test('waits for work after the answer, then disposes', async () => {
    const app = await listening()
    const client = (await app.client()).get('/after')
    await client.until('later')
    app.child.kill('SIGTERM')
    await client.closed
    app.release()
    expect(await app.exit).toEqual({ code: 0, signal: null })
    expect(app.said).toEqual(['listening', 'answered', 'after', 'disposed outer', 'disposed inner'])
  })

  test('cuts off what is not done within the drain time, says so, and still disposes and ends with 0', async () => {
    const app = await listening('300')
    const slow = (await app.client()).get('/slow')
    const after = (await app.client()).get('/after')
    await Promise.all([app.hear('slow'), after.until('later')])
    const before = performance.now()
    app.child.kill('SIGTERM')
    await slow.closed
    expect(slow.received).toBe('')
    expect(await app.exit).toEqual({ code: 0, signal: null })
    expect(performance.now() - before).toBeLessThan(3_000)
    expect(app.output).toContain('background work did not end in time')
    expect(app.said).toContain('disposed inner')
  })

  test('a second one ends the process at once', async () => {
    const app = await listening('60000')
    const slow = (await app.client()).get('/slow')
    await app.hear('slow')
    app.child.kill('SIGINT')
    await app.log('closing')
    app.child.kill('SIGTERM')
    expect(await app.exit).toEqual({ code: null, signal: 'SIGTERM' })
    await slow.closed
  })

  test('during the notice /readyz says 503 while requests are still served', async () => {
    const app = await listening('5000', '60000')
    const probe = async (path: string): Promise<string> => {
      const client = (await app.client()).get(path)
      await client.until('\r\n\r\n')
      client.socket.destroy()
      return client.received
    }
    expect(await probe('/readyz')).toMatch(/^HTTP\/1\.1 200 /)
    app.child.kill('SIGTERM')
    await app.log('closing')
    expect(await probe('/readyz')).toMatch(/^HTTP\/1\.1 503 [^]*"status":"closing"/)
    expect(await probe('/livez')).toMatch(/^HTTP\/1\.1 200 /)
    expect(await probe('/')).toMatch(/^HTTP\/1\.1 200 /)
    app.child.kill('SIGTERM')
    expect((await app.exit).signal).toBe('SIGTERM')
  })

  test('something that keeps the process alive is told, and does not', async () => {
    const app = await listening('500', '50', 'leak')
    app.child.kill('SIGTERM')
    expect(await app.exit).toEqual({ code: 0, signal: null })
    expect(app.output).toContain('something keeps the process alive')
    expect(app.said).toContain('disposed inner')
  })
})
