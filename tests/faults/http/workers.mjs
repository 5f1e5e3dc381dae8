// Workers that are replaced, and workers that die.
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { root } from '../../../tools/workspace.mjs'
import { freePort } from '../../../bench/lib/process.mjs'
import { startNode } from '../lib/child.mjs'
import { pause } from '../lib/client.mjs'
import { get, isAnswered, Wire } from '../lib/wire.mjs'

const WORKERS = 3
const ROLLS = 20
const entry = fileURLToPath(new URL('./workers-app.mjs', import.meta.url))
const bin = join(root, 'packages/cli/dist/bin.js')

async function start() {
  const port = await freePort()
  const args = [bin, 'start', entry, '--workers', String(WORKERS), '--port', String(port), '--host', '127.0.0.1']
  const app = await startNode(args, { NODE_ENV: 'production' }, { says: /every worker serves/ })
  return Object.assign(app, { port })
}

const body = JSON.stringify({ text: 'x'.repeat(5_000) })
const upload = `POST /text HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`

/** What clients do, and how long they wait behind an answer. `parts` are sent one after another, with a pause between. */
const kinds = [
  { name: 'busy', clients: 8, parts: [get('/')], restMs: 1 },
  { name: 'slow', clients: 8, parts: [get('/slow')], restMs: 0 },
  { name: 'uploading', clients: 4, parts: [upload + body.slice(0, 2_000), body.slice(2_000)], restMs: 5 },
  { name: 'resting', clients: 4, parts: [get('/')], restMs: 1_000 },
  { name: 'connecting anew', clients: 4, parts: [get('/', 'Connection: close\r\n')], restMs: 5 },
]

/** Clients that keep their connections as long as they may, and never retry. Every request without a whole 200 is a failure. */
class Clients {
  answered = 0
  failures = []
  workers = new Set()
  #ended = false
  #all
  #port

  constructor(port) {
    this.#port = port
    this.#all = Promise.all(kinds.flatMap((kind) => Array.from({ length: kind.clients }, () => this.#run(kind))))
  }

  async end() {
    this.#ended = true
    await this.#all
  }

  async #run({ name, parts, restMs }) {
    let wire
    while (!this.#ended) {
      try {
        // One that was ended behind an answer that did not announce it would be opened again by any client; that is no retry.
        if (wire === undefined || wire.endedAt > 0) wire = await new Wire(this.#port).opened
      } catch (error) {
        this.failures.push({ name, what: `no connection: ${error.code}`, pid: 0 })
        await pause(10)
        continue
      }
      wire.received = ''
      for (const [i, part] of parts.entries()) {
        if (i > 0) await pause(20)
        wire.write(part)
      }
      const answered = await wire.until(isAnswered, 10_000)
      const text = wire.received
      if (answered && text.startsWith('HTTP/1.1 200')) {
        this.answered++
        this.workers.add(/"pid":(\d+)/.exec(text)?.[1])
      } else
        this.failures.push({
          name,
          what: answered ? `status ${text.slice(9, 12)}` : (wire.error ?? (wire.endedAt > 0 ? 'closed without an answer' : 'no answer')),
          text: text.slice(0, 100),
        })
      if (!answered || /\r\nconnection: close\r\n/i.test(text)) {
        await wire.close()
        wire = undefined
      }
      if (restMs > 0) await pause(restMs)
    }
    await wire?.close()
  }
}

function failureText(failures) {
  const counts = new Map()
  for (const { name, what } of failures) counts.set(`${name}: ${what}`, (counts.get(`${name}: ${what}`) ?? 0) + 1)
  return `${failures.length}${[...counts].map(([what, count]) => `; ${count} × ${what}`).join('')}`
}

export const rollingRestarts = {
  name: 'rolling-restarts',
  about: `${ROLLS} times all of ${WORKERS} workers are replaced, under clients that never retry`,
  async run({ hold, tell }) {
    const app = await start()
    const clients = new Clients(app.port)
    await pause(1_000)
    const began = performance.now()
    let failed = 0
    for (let i = 0; i < ROLLS; i++) {
      // As an operator does; the process says when all are replaced.
      const reload = await startNode(
        [bin, 'reload', entry, '--pid', String(app.pid)],
        {},
        { says: new RegExp(`^${WORKERS} of ${WORKERS} replaced$`, 'm') },
      )
      if ((await reload.died) !== 0) failed++
    }
    const took = (performance.now() - began) / 1_000
    await clients.end()
    tell(`${clients.answered} requests answered by ${clients.workers.size} processes, ${took.toFixed(0)} s`)
    hold('restarts that did not come to their end', failed, failed === 0)
    hold('processes that answered', clients.workers.size, clients.workers.size > ROLLS * WORKERS)
    hold('failed requests', failureText(clients.failures), clients.failures.length === 0)
    const how = await app.end('SIGTERM')
    hold('the end of it', how, how === 0)
  },
}

export const workerKill = {
  name: 'worker-kill',
  about: `kill -9 of one of ${WORKERS} workers, again and again`,
  async run({ hold, tell }) {
    const app = await start()
    const clients = new Clients(app.port)
    await pause(1_000)
    let most = 0
    let others = 0
    for (let kill = 0; kill < 3; kill++) {
      const before = new Set(clients.workers)
      const victim = [...before].filter((pid) => isAlive(pid))[0]
      const ends = clients.failures.length
      process.kill(Number(victim), 'SIGKILL')
      const at = performance.now()
      await pause(50)
      const answered = clients.answered
      // One that answers and did not before.
      while (![...clients.workers].some((pid) => !before.has(pid)) && performance.now() - at < 10_000) await pause(10)
      most = Math.max(most, performance.now() - at)
      if (clients.answered > answered) others++
      await pause(500)
      tell(
        `after ${kill + 1}: ${clients.failures.length - ends} requests went with the worker, another served after ${(performance.now() - at - 500).toFixed(0)} ms`,
      )
    }
    await clients.end()
    const waits = [...app.output.matchAll(/"waitMs":(\d+)/g)].map((it) => Number(it[1]))
    hold('another one takes its place, within 3 s', `at most ${most.toFixed(0)} ms`, most <= 3_000)
    hold('the others answer meanwhile', `${others} of 3 times`, others === 3)
    // Whose connection was to the one that died hears of it once; nobody is refused, and nobody waits for long.
    const total = kinds.reduce((sum, { clients: count }) => sum + count, 0)
    const strange = clients.failures.filter(({ what }) => what !== 'ECONNRESET' && what !== 'closed without an answer' && what !== 'EPIPE')
    hold(
      `failed requests are those that the dead ones had, of ${total} clients`,
      failureText(clients.failures),
      strange.length === 0 && clients.failures.length <= 3 * total,
    )
    hold(
      'it waits longer each time that one place crashes, or begins at 100 ms',
      waits.join(', '),
      waits.length === 3 && waits.every((it) => it >= 100),
    )
    const how = await app.end('SIGTERM')
    hold('the end of it', how, how === 0)
  },
}

function isAlive(pid) {
  try {
    process.kill(Number(pid), 0)
    return true
  } catch {
    return false
  }
}
