// `kill -9` of the application while it writes: what was acknowledged is there, and nothing is there by half.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client, random } from '../lib/client.mjs'
import { Cluster } from '../lib/cluster.mjs'
import { prepare, subject } from './subject.mjs'

const WRITES = 10_000
const KILLS = 5
const WRITERS = 16
const SERVING_MS = 3_000

export const killEmbedded = {
  name: 'kill-embedded',
  about: `kill -9 during ${WRITES} acknowledged writes, PGlite in a directory`,
  async run(held) {
    const folder = mkdtempSync(join(tmpdir(), 'plinth-faults-'))
    const directory = join(folder, 'db')
    try {
      await prepare({ directory })
      await killed({ DATABASE_DIRECTORY: directory, DATABASE_URL: undefined }, held)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
}

export const killServer = {
  name: 'kill-server',
  about: `kill -9 during ${WRITES} acknowledged writes, PostgreSQL`,
  async run(held) {
    const cluster = await Cluster.make()
    try {
      await prepare({ url: cluster.url })
      await killed({ DATABASE_URL: cluster.url }, held)
    } finally {
      cluster.remove()
    }
  },
}

async function killed(env, { hold, tell, seed }) {
  const { port, start } = await subject(env)
  const next = random(seed)
  const acknowledged = new Set()
  const serving = []
  let asked = 0
  let refused = 0
  let app = await start()
  const began = performance.now()
  for (let kill = 1; kill <= KILLS; kill++) {
    // Somewhere in its share, so that each kill meets the writes elsewhere; the last one when all are acknowledged.
    const target = kill === KILLS ? WRITES : Math.round((WRITES / KILLS) * (kill - next() * 0.8))
    const client = new Client(port, { connections: WRITERS })
    const writer = async () => {
      while (app.alive && acknowledged.size < target) {
        const id = ++asked
        const { status } = await client.ask('POST', '/both', { id })
        if (status === 201) acknowledged.add(id)
        else if (status !== 0) refused++
      }
    }
    const writers = Array.from({ length: WRITERS }, writer)
    await Promise.race(writers)
    // The other writers are in the middle of theirs.
    await app.end('SIGKILL')
    await Promise.all(writers)
    client.close()
    const since = performance.now()
    app = await start()
    const first = new Client(port)
    let answer
    do answer = await first.ask('GET', '/rest/rows?id=eq.1')
    while (answer.status !== 200 && performance.now() - since < SERVING_MS * 3)
    serving.push(performance.now() - since)
    first.close()
  }
  const took = performance.now() - began
  const last = new Client(port)
  const { text } = await last.ask('GET', '/halves')
  last.close()
  await app.end('SIGTERM')
  const parts = new Map(JSON.parse(text).map((it) => [it.id, it.parts]))
  const lost = [...acknowledged].filter((id) => !parts.has(id))
  const half = [...parts].filter(([, count]) => count !== 2)
  tell(`${acknowledged.size} acknowledged of ${asked}, ${parts.size} kept, ${KILLS} kills, ${(took / 1000).toFixed(1)} s`)
  hold('acknowledged writes that are lost', lost.length, lost.length === 0 && acknowledged.size >= WRITES)
  hold('transactions that are there by half', half.length, half.length === 0)
  hold('writes refused while it ran', refused, refused === 0)
  const worst = Math.max(...serving)
  hold(`serving again within ${SERVING_MS} ms of its start`, `${serving.map((it) => Math.round(it)).join(', ')} ms`, worst <= SERVING_MS)
}
