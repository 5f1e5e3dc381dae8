// Clients that say little or nothing, to hold connections.
import { pause, quantile } from '../lib/client.mjs'
import { Paced } from '../lib/paced.mjs'
import { get, isAnswered, statusOf, wires, Wire } from '../lib/wire.mjs'
import { growth, growthText, holdUnharmed, inKiB, KiB, subject } from './subject.mjs'

const HEAD_MS = 10_000
const GIVE_MS = 1_000
const EACH_MS = 5_000
const SLOW = 1_000
/** Of the client beside them, a second. */
const RATE = 500
const SECONDS = 3
const ROUNDS = 3
const EACH_KIB = 20

/** The median over rounds of one quantile. */
const middle = (rounds, share) => {
  const each = rounds.map((records) => records.map(({ tookMs }) => tookMs))
  return quantile(
    each.map((it) => quantile(it, share)),
    0.5,
  )
}

const isSoon = (ms) => Math.abs(ms - HEAD_MS) <= GIVE_MS

/** Sends a head byte by byte until the other side ends it. Resolves with when the first one left. */
async function dribble(wire, firstAfterMs = 0) {
  const head = get('/', 'Cookie: a=b\r\n')
  await pause(firstAfterMs)
  const began = performance.now()
  for (const byte of head) {
    if (wire.endedAt > 0) break
    wire.write(byte)
    if (await wire.ended(EACH_MS)) break
  }
  return began
}

export const slowHeads = {
  name: 'slow-heads',
  about: 'connections that say nothing, or one byte of a head each 5 s',
  async run({ hold, transport }) {
    const app = await subject({ transport })
    const silent = new Wire(app.port)
    const slow = new Wire(app.port)
    const kept = new Wire(app.port)
    await Promise.all([silent.opened, slow.opened, kept.opened])
    kept.write(get('/'))
    await kept.until(isAnswered)
    const first = kept.received.length
    const began = [silent.openedAt, dribble(slow), dribble(kept, 3_000)]
    await silent.ended(20_000)
    const [, slowAt, keptAt] = await Promise.all(began)
    await Promise.all([slow.ended(20_000), kept.ended(20_000)])
    const report = (what, wire, since, status, answer) => {
      const took = wire.endedAt - since
      hold(
        what,
        `${statusOf(answer) || 'no answer'}, closed after ${(took / 1000).toFixed(2)} s`,
        statusOf(answer) === status && wire.endedAt > 0 && isSoon(took),
      )
    }
    report('a silent one is closed at 10 s ± 1', silent, silent.openedAt, 0, silent.received)
    report('a slow head gets 408 at 10 s ± 1', slow, slowAt, 408, slow.received)
    report('on a kept connection too, from the first byte of that head', kept, keptAt, 408, kept.received.slice(first))
    holdUnharmed(app, hold)
    await app.end('SIGTERM')
  },
}

export const slowMany = {
  name: 'slow-many',
  about: `${SLOW} slow heads, and a client beside them that asks ${RATE} times a second`,
  async run({ hold, tell, transport }) {
    const app = await subject({ transport })
    const client = new Paced(app.port)
    const ask = (seconds) => client.run({ rate: RATE, seconds, bytes: () => Buffer.from(get('/')) })
    // A connection of the first thousand costs what those behind it find made.
    for (const wire of await wires(app.port, SLOW)) await wire.close()
    await ask(2)
    const before = await app.ask('memory')
    const alone = []
    const beside = []
    let slow
    let began
    // In turn, so that a machine that is busy for a while is so for both.
    for (let round = 1; round <= ROUNDS; round++) {
      alone.push(await ask(SECONDS))
      slow = await wires(app.port, SLOW)
      began = slow.map((wire, i) => dribble(wire, (i * EACH_MS) / 2 / SLOW))
      beside.push(await ask(SECONDS))
      if (round < ROUNDS) await Promise.all(slow.map((it) => it.close()))
    }
    await pause(500)
    const { open } = await app.ask('sockets')
    const after = await app.ask('memory')
    const since = await Promise.all(began)
    const took = slow.map((it, i) => (it.endedAt > 0 ? it.endedAt - since[i] : Infinity))
    const told = slow.filter((it) => statusOf(it.received) === 408).length
    const wrong = [...alone, ...beside].flat().filter(({ status }) => status !== 200).length
    for (const share of [0.5, 0.9, 0.999])
      tell(`p${share * 100} alone ${middle(alone, share).toFixed(2)} ms, beside them ${middle(beside, share).toFixed(2)} ms`)
    hold('requests of the client without a 200', wrong, wrong === 0)
    const [was, is] = [middle(alone, 0.99), middle(beside, 0.99)]
    hold('p99 of the client, at most twice', `${was.toFixed(2)} ms alone, ${is.toFixed(2)} ms beside them`, is <= was * 2)
    const last = Math.max(...took)
    hold(
      'all get 408 and are closed by 11 s',
      `${told}, the last after ${(last / 1000).toFixed(2)} s`,
      told === SLOW && last <= HEAD_MS + GIVE_MS,
    )
    tell(`${open} connections were open while memory was read: ${growthText(before, after)}`)
    const each = growth(before, after) / SLOW
    hold(`memory, at most ${EACH_KIB} KiB each`, inKiB(each), open >= SLOW && each <= EACH_KIB * KiB)
    holdUnharmed(app, hold)
    client.close()
    await app.end('SIGTERM')
  },
}
