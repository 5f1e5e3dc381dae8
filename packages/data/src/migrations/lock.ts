import { setTimeout } from 'node:timers/promises'
import type { Engine, Session } from '../database/contract.ts'

/** Those who change the schema of one database take turns under this key, whatever they change. It spells "plinth". */
const KEY = '123623480485992'
const PAUSE_MS = 50

/**
 * Runs `work` in a transaction that holds the lock of schema changes; as many nodes as want to wait for their turn. The lock is
 * asked for again and again rather than waited for: a wait would count as a slow statement and be ended as one. It belongs to
 * the transaction, so a node that dies gives it back.
 */
export async function underLock<T>(engine: Engine, work: (session: Session) => Promise<T>): Promise<T> {
  for (;;) {
    const done = await engine.transaction({}, async (session) => {
      const [row] = await session.query({ text: `SELECT pg_try_advisory_xact_lock(${KEY}) AS mine`, values: [] })
      if (row?.['mine'] !== true) return undefined
      // Building an index on a large table takes longer than any request may.
      await session.script('SET LOCAL statement_timeout = 0')
      return { result: await work(session) }
    })
    if (done !== undefined) return done.result
    await setTimeout(PAUSE_MS)
  }
}
