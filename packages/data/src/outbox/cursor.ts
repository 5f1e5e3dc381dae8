import type { Session } from '../database/contract.ts'
import { type Change, CHANGE_COLUMNS, changeOf } from './change.ts'

/**
 * How far a reader is, as snapshots of PostgreSQL (`xmin:xmax:running,…`): what a snapshot shows was read. Identity values are
 * given out before transactions commit, so "everything above the last id" would skip those of transactions that commit late;
 * "everything below the oldest that is running" skips nothing, but holds all back behind one long transaction, and can tear a
 * row's changes apart in the wrong order. Between two snapshots lies a whole set of transactions: who waited for another's row
 * lock is never in an earlier set than the other, and within a set ids grow in the order in which the locks were held.
 */
export interface Cursor {
  /** Transactions that it shows are done with. */
  readonly seen: string
  /** The next snapshot, where its transactions are partly read. */
  readonly reading: string | undefined
  /** The last id that was read of them. */
  readonly after: bigint
}

export interface Batch {
  readonly changes: readonly Change[]
  /** Where to go on after these. */
  readonly cursor: Cursor
}

/** Before everything that is kept. */
export const BEGINNING: Cursor = { seen: '1:1:', reading: undefined, after: 0n }

/** Behind everything that happened so far; what runs while this is asked comes after it. */
export async function cursorOfNow(session: Session): Promise<Cursor> {
  return { seen: await snapshot(session), reading: undefined, after: 0n }
}

async function snapshot(session: Session): Promise<string> {
  const [row] = await session.query({ text: 'SELECT pg_current_snapshot()::text AS snapshot', values: [] })
  return row!['snapshot'] as string
}

/** The next changes after a cursor, at most `limit`; none where nothing was committed since. */
export async function readBatch(session: Session, from: Cursor, limit: number): Promise<Batch> {
  let cursor = from
  for (;;) {
    const reading = cursor.reading ?? (await snapshot(session))
    const rows = await session.query({
      text: `SELECT ${CHANGE_COLUMNS} FROM plinth.changes
WHERE xid >= pg_snapshot_xmin($1::pg_snapshot) AND xid < pg_snapshot_xmax($2::pg_snapshot) AND changes.id > $3::bigint
  AND pg_visible_in_snapshot(xid, $2::pg_snapshot) AND NOT pg_visible_in_snapshot(xid, $1::pg_snapshot)
ORDER BY changes.id LIMIT $4`,
      values: [cursor.seen, reading, String(cursor.after), limit],
      name: 'plinth_read_changes',
    })
    const changes = rows.map(changeOf)
    const last = changes.at(-1)
    const partly = changes.length === limit && last !== undefined
    const next = partly ? { seen: cursor.seen, reading, after: last.id } : { seen: reading, reading: undefined, after: 0n }
    if (changes.length > 0 || cursor.reading === undefined) return { changes, cursor: next }
    // What was partly read turned out to be read: whatever came since is in the next.
    cursor = next
  }
}
