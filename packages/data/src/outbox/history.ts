import type { Engine, Session } from '../database/contract.ts'
import { type Change, CHANGE_COLUMNS, changeOf } from './change.ts'

/**
 * Says who makes the changes of a transaction: the user's id, the name of a job. Holds until the transaction ends, so call it
 * inside one.
 */
export async function setActor(session: Session, actor: string): Promise<void> {
  await session.query({ text: `SELECT set_config('plinth.actor', $1, true)`, values: [actor], name: 'plinth_set_actor' })
}

export interface HistoryOptions {
  /** Default `public`. */
  readonly schema?: string
  readonly table: string
  /** The primary key of one row, by column, or as JSON text (bigints beyond 2^53); left out: of every row. */
  readonly key?: { readonly [column: string]: unknown } | string
  /** Changes with a lower id than this, to page. */
  readonly before?: bigint
  /** Default 100. */
  readonly limit?: number
}

/** What happened to a row, or to a table, the newest first. Changes of a row's key stand under the key before. */
export async function history(session: Session, options: HistoryOptions): Promise<readonly Change[]> {
  const { schema = 'public', table, key, before, limit = 100 } = options
  const rows = await session.query({
    text: `SELECT ${CHANGE_COLUMNS} FROM plinth.changes
WHERE history AND schema_name = $1 AND table_name = $2 AND ($3::jsonb IS NULL OR key = $3::jsonb) AND ($4::bigint IS NULL OR changes.id < $4)
ORDER BY changes.id DESC LIMIT $5`,
    values: [
      schema,
      table,
      key === undefined ? null : typeof key === 'string' ? key : JSON.stringify(key, bigints),
      before === undefined ? null : String(before),
      limit,
    ],
  })
  return rows.map(changeOf)
}

/** A bigint has no JSON of its own; as a raw number it would lose digits. */
function bigints(_: string, value: unknown): unknown {
  if (typeof value !== 'bigint') return value
  if (value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(value)
  throw new RangeError('history: a key beyond 2^53 must be given as JSON text')
}

export interface PruneOptions {
  /** Live changes older than this go, in milliseconds. Default one day. Named readers keep what they have not read. */
  readonly liveMs?: number
  /** History older than this goes. Default: none ever. */
  readonly historyMs?: number
  /** How many rows a statement deletes, so that no lock is held for long. Default 10,000. */
  readonly batch?: number
}

/** Deletes what is no longer needed of the changes; gives how many. */
export async function pruneChanges(engine: Engine, options: PruneOptions = {}): Promise<number> {
  const { liveMs = 86_400_000, historyMs, batch = 10_000 } = options
  let count = 0
  for (;;) {
    const gone = await engine.query({
      text: `
DELETE FROM plinth.changes WHERE id IN (
  SELECT id FROM plinth.changes
  WHERE xid < coalesce((SELECT min(pg_snapshot_xmin(seen)) FROM plinth.readers), pg_snapshot_xmin(pg_current_snapshot()))
    AND ((NOT history AND at < now() - $1 * interval '1 millisecond') OR (history AND $2::float8 IS NOT NULL AND at < now() - $2 * interval '1 millisecond'))
  ORDER BY id LIMIT $3 FOR UPDATE SKIP LOCKED
) RETURNING 1`,
      values: [liveMs, historyMs ?? null, batch],
    })
    count += gone.length
    if (gone.length < batch) return count
  }
}
