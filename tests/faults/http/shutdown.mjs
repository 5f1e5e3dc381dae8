// SIGTERM in the middle of everything.
import { pause } from '../lib/client.mjs'
import { get, isAnswered, statusOf, wires, Wire } from '../lib/wire.mjs'
import { holdUnharmed, subject } from './subject.mjs'

const WAITING = 80
const UPLOADING = 20
const IDLE = 1_000
const SILENT = 20
const DRAIN_MS = 10_000
const AT_ONCE_MS = 500

export const sigterm = {
  name: 'sigterm',
  about: `SIGTERM with ${WAITING + UPLOADING} requests in flight and ${IDLE} idle connections`,
  async run({ hold, tell, transport }) {
    const app = await subject({ transport }, { DRAIN_MS: String(DRAIN_MS) })
    const idle = await wires(app.port, IDLE)
    for (const wire of idle) wire.write(get('/'))
    await Promise.all(idle.map((it) => it.until(isAnswered)))
    const silent = await wires(app.port, SILENT)
    const waiting = await wires(app.port, WAITING)
    for (const wire of waiting) wire.write(get('/held'))
    const body = JSON.stringify({ text: 'x'.repeat(2_000) })
    const uploading = await wires(app.port, UPLOADING)
    for (const wire of uploading) {
      const head = `POST /json HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`
      wire.write(head + body.slice(0, 1_000))
    }
    while ((await app.ask('heard')).begun < WAITING) await pause(10)
    await pause(200)

    const at = performance.now()
    process.kill(app.pid, 'SIGTERM')
    await Promise.all([...idle, ...silent].map((it) => it.ended(DRAIN_MS)))
    const last = (all) => Math.max(...all.map((it) => (it.endedAt > 0 ? it.endedAt - at : Infinity)))
    hold(
      `idle connections are closed at once, within ${AT_ONCE_MS} ms`,
      `the last after ${last([...idle, ...silent]).toFixed(0)} ms`,
      last([...idle, ...silent]) <= AT_ONCE_MS,
    )
    const late = new Wire(app.port)
    const taken = await late.opened.then(
      () => true,
      () => false,
    )
    hold('a new connection', taken ? 'is taken' : 'is refused', !taken)
    const early = [...waiting, ...uploading].filter((it) => it.endedAt > 0).length
    hold('those in flight that were broken off', early, early === 0)

    await pause(1_000)
    for (const wire of uploading) wire.write(body.slice(1_000))
    await app.ask('release')
    const busy = [...waiting, ...uploading]
    await Promise.all(busy.map((it) => it.ended(DRAIN_MS)))
    const answered = busy.filter(({ received }) => statusOf(received) === 200 && isAnswered(received))
    const closing = answered.filter(({ received }) => /\r\nconnection: close\r\n/i.test(received))
    hold(
      'those in flight that are answered, with Connection: close',
      `${answered.length}, ${closing.length}`,
      closing.length === busy.length,
    )
    const how = await app.died
    const tookMs = performance.now() - at
    hold(`exit with 0 within the drain time of ${DRAIN_MS} ms`, `${how} after ${tookMs.toFixed(0)} ms`, how === 0 && tookMs <= DRAIN_MS)
    const reset = [...idle, ...silent, ...busy].filter(({ error }) => error !== undefined)
    hold('connections that were reset', reset.length, reset.length === 0)
    tell(`the last answer came ${last(busy).toFixed(0)} ms after the signal`)
    holdUnharmed({ alive: true, output: app.output }, hold)
  },
}
