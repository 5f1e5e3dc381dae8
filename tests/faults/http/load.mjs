// More to do than can be done.
import { pause, quantile } from '../lib/client.mjs'
import { Paced } from '../lib/paced.mjs'
import { get, isAnswered, Wire } from '../lib/wire.mjs'
import { holdUnharmed, subject } from './subject.mjs'

const RATE = 200
const BACK_MS = 2_000
/** A handler waits 5 ms and computes for so long. */
const WORK_MS = 2
const SECONDS = 7
/** What is not counted of it: overload is noticed first, and who came before that waits his turn. */
const FIRST_MS = 2_000
/** Open before. The system hands new ones to a process one by one, as often as its loop turns. */
const CONNECTIONS = 512
const REFUSED_MS = 10
const RECOVERY_MS = 5_000
const PROBES = 20

const p99 = (records) =>
  quantile(
    records.map(({ tookMs }) => tookMs),
    0.99,
  )
const is200 = ({ status }) => status === 200
const is503 = ({ status }) => status === 503

/** What is neither an answer nor a refusal that says when to come again. */
const wrongOf = (records) => records.filter((it) => it.error !== undefined || !(is200(it) || (is503(it) && it.retryAfter)))

function wrongText(records) {
  const counts = new Map()
  for (const { status, error } of records) {
    const what = error ?? `status ${status}`
    counts.set(what, (counts.get(what) ?? 0) + 1)
  }
  return [...counts].map(([what, count]) => `${count} × ${what}`).join(', ') || '0'
}

export const blockedLoop = {
  name: 'blocked-loop',
  about: `the event loop is blocked for 1 s, under ${RATE} requests a second of ${WORK_MS} ms each`,
  async run({ hold, tell, transport }) {
    const app = await subject({ transport })
    const client = new Paced(app.port, { connections: CONNECTIONS })
    await client.open()
    const ask = (seconds) => client.run({ rate: RATE, seconds, bytes: () => Buffer.from(get(`/work/${WORK_MS}`)) })
    await ask(2)
    const before = await ask(3)
    const blocker = await new Wire(app.port).opened
    const running = ask(7)
    setTimeout(() => blocker.write(get('/block')), 1_000)
    const records = await running
    const blockedAt = records[0].dueAt + 1_000
    const until = blockedAt + 1_000
    const meanwhile = records.filter(({ dueAt }) => dueAt >= blockedAt && dueAt < until)
    const refused = records.filter(is503)
    const lastRefused = Math.max(0, ...refused.map(({ dueAt }) => dueAt - until))
    const after = records.filter(({ dueAt }) => dueAt >= until + BACK_MS)
    tell(
      `${meanwhile.filter(is200).length} of those that came meanwhile were answered, ${meanwhile.filter(is503).length} refused; the last refusal came ${lastRefused.toFixed(0)} ms after it`,
    )
    const worst = Math.max(...meanwhile.map(({ dueAt, tookMs }) => dueAt + tookMs - until))
    tell(`the last of them had its answer ${worst.toFixed(0)} ms after it`)
    hold('of those that came meanwhile, some are refused', meanwhile.filter(is503).length, meanwhile.some(is503))
    hold('answers but 200, and 503 with Retry-After', wrongText(wrongOf(records)), wrongOf(records).length === 0)
    hold(
      `p99 from ${BACK_MS / 1000} s after it, at most twice that before`,
      `${p99(before).toFixed(2)} ms before, ${p99(after).toFixed(2)} ms after`,
      p99(after) <= p99(before) * 2 && after.every(is200),
    )
    blocker.socket.destroy()
    client.close()
    holdUnharmed(app, hold)
    await app.end('SIGTERM')
  },
}

/** Asks for the health of the application, from now until the function that it gives is called. */
function probe(port) {
  const took = []
  let failed = 0
  let wire
  const ended = new AbortController()
  const loop = (async () => {
    while (!ended.signal.aborted) {
      if (wire === undefined || wire.endedAt > 0) wire = await new Wire(port).opened
      wire.received = ''
      const began = performance.now()
      wire.write(get('/livez'))
      const answered = await wire.until(isAnswered)
      if (!answered || !wire.received.startsWith('HTTP/1.1 200')) failed++
      took.push(performance.now() - began)
      await new Promise((done) => setTimeout(done, 1_000 / PROBES))
    }
    await wire?.close()
  })()
  return async () => {
    ended.abort()
    await loop
    return { took, failed }
  }
}

/** As many answers a second as there can be: askers that wait for theirs, the number of them that gets most. */
async function capacityOf(port, path) {
  let most = 0
  for (const askers of [2, 8, 32]) {
    const seconds = 2
    const all = await Promise.all(Array.from({ length: askers }, () => new Wire(port).opened))
    const until = performance.now() + seconds * 1_000
    let answered = 0
    await Promise.all(
      all.map(async (wire) => {
        while (performance.now() < until) {
          wire.received = ''
          wire.write(get(path))
          await wire.until(isAnswered)
          if (wire.received.startsWith('HTTP/1.1 200')) answered++
        }
        await wire.close()
      }),
    )
    most = Math.max(most, answered / seconds)
  }
  return most
}

export const overload = {
  name: 'overload',
  about: `2 and 10 times as many requests as can be answered, each with ${WORK_MS} ms of work`,
  async run({ hold, tell, transport }) {
    const app = await subject({ transport })
    const path = `/work/${WORK_MS}`
    await capacityOf(app.port, path)
    const capacity = await capacityOf(app.port, path)
    tell(`capacity: ${capacity.toFixed(0)} a second`)
    for (const [times, share] of [
      [2, 0.9],
      [10, 0.8],
    ]) {
      const client = new Paced(app.port, { connections: CONNECTIONS })
      await client.open()
      // Measuring the capacity was more than it likes, too.
      await pause(1_000)
      const bytes = () => Buffer.from(get(path))
      const probed = probe(app.port)
      const records = await client.run({ rate: capacity * times, seconds: SECONDS, bytes })
      const began = records[0].dueAt
      const counted = records.filter(({ dueAt }) => dueAt >= began + FIRST_MS)
      // By when they came, not by when they were asked for: what is answered too late is answered in nobody's second.
      const done = records.filter(
        (it) => is200(it) && it.dueAt + it.tookMs >= began + FIRST_MS && it.dueAt + it.tookMs < began + SECONDS * 1_000,
      )
      const goodput = done.length / (SECONDS - FIRST_MS / 1_000)
      const refusals = counted.filter(is503)
      const late = Math.max(...records.filter(is200).map(({ tookMs }) => tookMs))
      const noticed = Math.max(0, ...records.filter((it) => is503(it) && it.tookMs > 100).map(({ dueAt }) => dueAt - began))
      // Half of what it can do, right behind it.
      const later = await client.run({ rate: capacity / 2, seconds: 7, bytes })
      const { took, failed } = await probed()
      const recovered = Math.max(0, ...later.filter((it) => !is200(it)).map(({ dueAt }) => dueAt - later[0].dueAt))
      tell(`${times}x: refusals took more than 100 ms until ${(noticed / 1_000).toFixed(1)} s after it began`)
      tell(
        `${times}x: ${(records.length / SECONDS).toFixed(0)} a second asked; answers took ${p99(counted.filter(is200)).toFixed(0)} ms (p99), ${late.toFixed(0)} ms at most; probes ${quantile(took, 0.5).toFixed(1)} ms, ${Math.max(...took).toFixed(0)} ms at most`,
      )
      hold(
        `${times}x: answered, at least ${share * 100} % of capacity`,
        `${goodput.toFixed(0)} a second, ${((goodput / capacity) * 100).toFixed(0)} %`,
        goodput >= capacity * share,
      )
      const times503 = refusals.map(({ tookMs }) => tookMs)
      hold(
        `${times}x: 99 of 100 refusals within ${REFUSED_MS} ms`,
        `${refusals.length}, p50 ${quantile(times503, 0.5).toFixed(1)}, p99 ${quantile(times503, 0.99).toFixed(1)}, most ${Math.max(...times503).toFixed(1)} ms`,
        p99(refusals) <= REFUSED_MS,
      )
      const wrong = wrongOf([...records, ...later])
      hold(`${times}x: answers but 200, and 503 with Retry-After`, wrongText(wrong), wrong.length === 0)
      hold(`${times}x: probes that were not answered with 200`, `${failed} of ${took.length}`, failed === 0 && took.length > 0)
      hold(
        `${times}x: all is answered again within ${RECOVERY_MS / 1_000} s`,
        `${(recovered / 1_000).toFixed(1)} s`,
        recovered <= RECOVERY_MS,
      )
      client.close()
    }
    holdUnharmed(app, hold)
    await app.end('SIGTERM')
  },
}
