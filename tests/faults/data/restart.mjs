// PostgreSQL goes away under load and comes back.
import { openEngine } from '@plinth/data'
import { Client, pause, quantile } from '../lib/client.mjs'
import { Cluster } from '../lib/cluster.mjs'
import { prepare, ROWS, subject } from './subject.mjs'

const ASKERS = 24
const POOL_SIZE = 10
/** Beside the pool: two that reads share, one that listens. */
const OTHERS = 3
const AWAY_MS = 3_000
const REFUSED_MS = 1_000
const BACK_MS = 5_000

export const restart = {
  name: 'restart',
  about: 'PostgreSQL stops under load and starts again, once politely and once as in a crash',
  async run({ hold, tell }) {
    const cluster = await Cluster.make()
    try {
      await prepare({ url: cluster.url })
      const { port, start } = await subject({ DATABASE_URL: cluster.url, DATABASE_POOL_SIZE: String(POOL_SIZE) })
      const app = await start()
      for (const mode of ['fast', 'immediate']) await once(mode, cluster, app, port, hold, tell)
      hold('the process', app.alive ? 'is still the same' : 'has ended', app.alive)
      await pool(cluster, port, hold)
      await app.end('SIGTERM')
    } finally {
      cluster.remove()
    }
  },
}

async function once(mode, cluster, app, port, hold, tell) {
  const client = new Client(port, { connections: ASKERS })
  const answers = []
  const end = new AbortController()
  const asker = async (_, at) => {
    for (let n = at; !end.signal.aborted; n++) {
      // Reads share connections, writes have one each, transactions keep one for a while.
      const kinds = [
        () => client.ask('GET', `/rest/rows?id=eq.${(n % ROWS) + 1}`),
        () => client.ask('POST', '/rest/rows', { id: unique(), n, label: 'made' }),
        () => client.ask('POST', '/both', { id: unique() }),
      ]
      answers.push(await kinds[n % kinds.length]())
      await pause(10)
    }
  }
  const askers = Array.from({ length: ASKERS }, asker)
  await pause(2_000)
  const stopping = performance.now()
  await cluster.stop(mode)
  const away = performance.now()
  await pause(AWAY_MS)
  const starting = performance.now()
  await cluster.start()
  const back = performance.now()
  await pause(BACK_MS * 2)
  end.abort()
  await Promise.all(askers)
  client.close()

  const good = (it) => it.status >= 200 && it.status < 300
  const between = (from, to) => answers.filter((it) => it.began >= from && it.began < to)
  const during = between(away, starting)
  const after = between(back + BACK_MS, back + BACK_MS * 2)
  const first = between(back, back + BACK_MS)
  const share = (list) => (list.length === 0 ? 0 : list.filter(good).length / list.length)
  const whole = between(stopping, back)
  const unanswered = answers.filter((it) => it.status === 0)
  const others = whole.filter((it) => !good(it) && it.status !== 503)
  tell(`${mode}: ${answers.length} requests; ${between(0, stopping).length} before, ${during.length} while it was away`)
  hold(`${mode}: requests without an answer`, unanswered.length, unanswered.length === 0)
  hold(`${mode}: refused otherwise than with 503`, `${others.length}${statuses(others)}`, others.length === 0)
  const worst = Math.max(0, ...whole.map((it) => it.tookMs))
  const p99 =
    quantile(
      whole.map((it) => it.tookMs),
      0.99,
    ) ?? 0
  hold(
    `${mode}: each answered within ${REFUSED_MS} ms meanwhile`,
    `p99 ${p99.toFixed(0)} ms, slowest ${worst.toFixed(0)} ms`,
    worst <= REFUSED_MS && during.length > 0,
  )
  const settled = answers.filter((it) => it.began >= back && !good(it)).reduce((most, it) => Math.max(most, it.began - back), 0)
  tell(
    `${mode}: ${(share(first) * 100).toFixed(2)}% succeed in the first ${BACK_MS} ms of its return, the last refusal after ${settled.toFixed(0)} ms`,
  )
  hold(`${mode}: succeed from ${BACK_MS} ms after its return`, `${(share(after) * 100).toFixed(2)}%`, share(after) >= 0.99)
}

const statuses = (list) => (list.length === 0 ? '' : ` (${[...new Set(list.map((it) => it.status))].join(', ')})`)

let last = 1_000_000
const unique = () => ++last

/** Whether every connection of the pool is there to be used, and none more. */
async function pool(cluster, port, hold) {
  const client = new Client(port)
  const began = performance.now()
  const all = await Promise.all(Array.from({ length: POOL_SIZE }, () => client.ask('GET', '/slow/sleep/0.5/0')))
  const took = performance.now() - began
  client.close()
  const worked = all.filter((it) => it.status === 200).length
  // Were one of them lost, somebody would have waited for another: 1 s and more.
  hold(`${POOL_SIZE} statements of 500 ms at once`, `${worked} answered in ${took.toFixed(0)} ms`, worked === POOL_SIZE && took < 1_000)
  const engine = await openEngine({ url: cluster.url, poolSize: 1 })
  const [found] = await engine.query({
    text: `SELECT count(*)::int AS all, count(*) FILTER (WHERE state LIKE 'idle in transaction%')::int AS open FROM pg_stat_activity
      WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() AND application_name = 'plinth'`,
    values: [],
  })
  await engine.close()
  // Of this engine too: the two that its own reads would share.
  const most = POOL_SIZE + OTHERS + 2
  hold(
    'connections that the server has',
    `${found.all} of at most ${most}, ${found.open} with a transaction left open`,
    found.all <= most && found.open === 0,
  )
}
