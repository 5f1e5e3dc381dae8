import type { Engine } from '../database/contract.ts'
import type { Change } from './change.ts'
import { BEGINNING, type Cursor, cursorOfNow, readBatch } from './cursor.ts'
import { Wake } from './wake.ts'

export interface FollowOptions {
  /** Where to go on; default: what happens from now on. `'beginning'` for everything that is kept. */
  readonly from?: Cursor | 'beginning'
  /** Ends it. */
  readonly signal?: AbortSignal
  /** How often it looks although nobody woke it, in milliseconds. Default 1,000: a notification may be lost with its connection. */
  readonly pollMs?: number
  /** How many changes at once. Default 500. */
  readonly batch?: number
}

const ended = (signal: AbortSignal | undefined): boolean => signal?.aborted === true

/** Changes, and the cursor to keep once they are dealt with. */
export interface Followed {
  readonly changes: readonly Change[]
  readonly cursor: Cursor
}

/**
 * Changes as they are committed, in batches, for as long as the signal lets it. Each caller sees all of them: that is what a
 * node needs that passes them on to its own subscribers. No change is skipped and none comes twice, however late its
 * transaction commits.
 */
export async function* followChanges(engine: Engine, options: FollowOptions = {}): AsyncGenerator<Followed, void, undefined> {
  const { signal, pollMs = 1_000, batch = 500 } = options
  let cursor = options.from === 'beginning' ? BEGINNING : (options.from ?? (await cursorOfNow(engine)))
  await using wake = await Wake.on(engine)
  while (!ended(signal)) {
    wake.reset()
    const { changes, cursor: next } = await readBatch(engine, cursor, batch)
    cursor = next
    if (changes.length > 0) yield { changes, cursor }
    else await wake.wait(pollMs, signal)
  }
}

export interface ConsumeOptions extends Omit<FollowOptions, 'from'> {
  /** Under which its place is kept: one name, one reader, wherever it runs. */
  readonly name: string
  /** Where a new name begins. Default `'now'`. */
  readonly from?: 'now' | 'beginning'
}

/**
 * Hands every change to `handle`, one batch after another, and keeps the place in the database in the same transaction: what
 * `handle` writes through the engine happens with it or not at all. Any number of nodes may run it; one works, and where it
 * dies another goes on. Resolves when the signal aborts; rejects with what `handle` throws, and the batch comes again.
 */
export async function consumeChanges(
  engine: Engine,
  options: ConsumeOptions,
  handle: (changes: readonly Change[]) => Promise<void>,
): Promise<void> {
  const { name, signal, pollMs = 1_000, batch = 500, from = 'now' } = options
  const start = from === 'beginning' ? BEGINNING : await cursorOfNow(engine)
  await engine.query({
    text: 'INSERT INTO plinth.readers (name, seen) VALUES ($1, $2::pg_snapshot) ON CONFLICT DO NOTHING',
    values: [name, start.seen],
  })
  await using wake = await Wake.on(engine)
  while (!ended(signal)) {
    wake.reset()
    const count = await engine.transaction({}, async (session) => {
      // Another node has it: this one only stands by.
      const [row] = await session.query({
        text: 'SELECT seen::text AS seen, reading::text AS reading, after::text AS after FROM plinth.readers WHERE name = $1 FOR UPDATE SKIP LOCKED',
        values: [name],
      })
      if (row === undefined) return 0
      const { seen, reading, after } = row as { readonly [column: string]: string | null }
      const { changes, cursor } = await readBatch(session, { seen: seen!, reading: reading ?? undefined, after: BigInt(after!) }, batch)
      // Where there was nothing the old place is as good, and an idle reader writes nothing.
      if (changes.length === 0) return 0
      await handle(changes)
      await session.query({
        text: 'UPDATE plinth.readers SET seen = $2::pg_snapshot, reading = $3::pg_snapshot, after = $4, updated_at = now() WHERE name = $1',
        values: [name, cursor.seen, cursor.reading ?? null, String(cursor.after)],
      })
      return changes.length
    })
    if (count === 0) await wake.wait(pollMs, signal)
  }
}
