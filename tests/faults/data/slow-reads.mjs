// Slow statements beside reads by key, which share two connections: nobody may stand behind the slow one.
import { Client, pause, quantile } from '../lib/client.mjs'
import { Cluster } from '../lib/cluster.mjs'
import { prepare, ROWS, subject } from './subject.mjs'

const PER_SECOND = 200
const SECONDS = 3
/** Of each, in turn, so that a machine that is busy for a while is so for both. */
const ROUNDS = 3
/** How much later than without the slow statements the 99th of a hundred may come. */
const LATER_MS = 50

export const slowReads = {
  name: 'slow-reads',
  about: `reads by key, ${PER_SECOND} a second, beside statements that wait or count for seconds`,
  async run({ hold, tell }) {
    const cluster = await Cluster.make()
    try {
      await prepare({ url: cluster.url })
      const { port, start } = await subject({ DATABASE_URL: cluster.url })
      const app = await start()
      await reads(port)
      const beside = {
        // What it waits for is an argument: the text is known soon, and known to be slow.
        'four that sleep 1 s': slowly(port, 4, (n) => `/slow/sleep/1/${n}`),
        // Each text is met three times: new, about to be prepared, prepared.
        'one that scans, and another each third time': slowly(port, 1, (n) => `/slow/scan/4/${Math.floor(n / 3)}`),
      }
      for (const [what, run] of Object.entries(beside)) {
        const alone = []
        const slowed = []
        const asked = []
        for (let round = 0; round < ROUNDS; round++) {
          alone.push(await reads(port))
          const ended = run()
          slowed.push(await reads(port))
          asked.push(...(await ended()))
        }
        tell(`${what}, ${asked.length} in all, ${quantile(tookOf(asked), 0.5).toFixed(0)} ms each`)
        tell(`alone ${said(alone)}; beside them ${said(slowed)}`)
        const wrong = [...alone.flat(), ...slowed.flat(), ...asked].filter((it) => it.status !== 200)
        hold(`${what}: not answered with 200`, wrong.length, wrong.length === 0)
        const [before, after] = [alone, slowed].map((rounds) => middle(rounds, 0.99))
        hold(
          `${what}: p99 of reads, at most ${LATER_MS} ms later`,
          `${before.toFixed(1)} ms, with ${after.toFixed(1)} ms`,
          after <= before + LATER_MS,
        )
      }
      await app.end('SIGTERM')
    } finally {
      cluster.remove()
    }
  },
}

const tookOf = (list) => list.map((it) => it.tookMs)

/** The median over rounds of one quantile. */
const middle = (rounds, share) =>
  quantile(
    rounds.map((list) =>
      quantile(
        list.map((it) => it.lateMs),
        share,
      ),
    ),
    0.5,
  )

const said = (rounds) =>
  `p50 ${middle(rounds, 0.5).toFixed(1)}, p99 ${middle(rounds, 0.99).toFixed(1)}, most ${middle(rounds, 1).toFixed(1)} ms`

/** Asks at a constant rate; `lateMs` counts from when a request was due, whether or not those before it were answered. */
async function reads(port) {
  const client = new Client(port, { connections: 128 })
  const began = performance.now()
  const all = []
  for (let n = 0; n < PER_SECOND * SECONDS; n++) {
    const due = began + (n * 1000) / PER_SECOND
    const early = due - performance.now()
    if (early > 0) await pause(early)
    all.push(client.ask('GET', `/rest/rows?id=eq.${(n % ROWS) + 1}`).then((it) => ({ ...it, lateMs: it.began + it.tookMs - due })))
  }
  const answers = await Promise.all(all)
  client.close()
  return answers
}

/** Begins to keep `count` slow statements under way; the function that it gives ends that. */
function slowly(port, count, path) {
  let n = 0
  return () => {
    const client = new Client(port, { timeoutMs: 60_000 })
    const answers = []
    const end = new AbortController()
    const askers = Array.from({ length: count }, async () => {
      while (!end.signal.aborted) answers.push(await client.ask('GET', path(n++)))
    })
    return async () => {
      end.abort()
      await Promise.all(askers)
      client.close()
      return answers
    }
  }
}
