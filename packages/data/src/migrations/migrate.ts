import { relative } from 'node:path'
import type { Engine, Session } from '../database/contract.ts'
import { FRAMEWORK_SCHEMA, prepareDatabase } from './framework.ts'
import { type Migration, readMigrations } from './journal.ts'
import { underLock } from './lock.ts'
import { MigrationError } from './migration-error.ts'
import { tableExists } from './table-exists.ts'

export interface MigrateOptions {
  /** Where the SQL files and `meta/_journal.json` are. Default `drizzle`, as in drizzle-kit. */
  readonly folder?: string
  /** Told of each migration when it is applied. */
  readonly applied?: (tag: string, tookMs: number) => void
}

/** What the database has of the migrations of a folder. */
export interface MigrationStatus {
  readonly applied: readonly string[]
  /** In the order in which they would be applied. */
  readonly pending: readonly string[]
  /** Applied, and their files are different now. */
  readonly changed: readonly string[]
  /** Applied, and not in the folder: of newer code, or of another branch. */
  readonly unknown: readonly string[]
}

interface Row {
  readonly tag: string
  readonly hash: string
}

const FOLDER = 'drizzle'

/** Compares a folder with the database, without changing either. */
export async function migrationStatus(session: Session, folder: string = FOLDER): Promise<MigrationStatus> {
  const migrations = readMigrations(folder)
  return compare(migrations, await recorded(session, migrations))
}

/**
 * Applies the migrations of a folder that the database does not have, in the order of the journal, each in a transaction of its
 * own. Nodes that start at once take turns: one applies, the others find nothing to do. Needs no drizzle-kit. What `drizzle-kit
 * migrate` has applied before counts as applied. Gives the names of those that were applied by this call.
 * @throws {MigrationError} where an applied file was changed (then nothing is applied), and where one fails: those before it
 * stay, nothing of it remains.
 */
export async function migrate(engine: Engine, options: MigrateOptions = {}): Promise<readonly string[]> {
  const folder = options.folder ?? FOLDER
  const migrations = readMigrations(folder)
  await prepareDatabase(engine)
  const applied: string[] = []
  for (;;) {
    // One transaction each, so that a long list does not hold every lock that it takes until its end.
    const tag = await underLock(engine, async (session) => {
      const rows = await adopt(session, migrations)
      const { changed, pending } = compare(migrations, rows)
      if (changed.length > 0) {
        throw new MigrationError(
          changed.map((it) => `${shownPath(migrations, it)} was changed after it was applied`),
          'restore the file, and write the change as a new migration: plinth db generate',
        )
      }
      const next = migrations.find((it) => it.tag === pending[0])
      if (next === undefined) return undefined
      const since = performance.now()
      await apply(session, next, rows.length === 0)
      const took = Math.round(performance.now() - since)
      await record(session, next, took)
      return { tag: next.tag, took }
    })
    if (tag === undefined) return applied
    applied.push(tag.tag)
    options.applied?.(tag.tag, tag.took)
  }
}

function shownPath(migrations: readonly Migration[], tag: string): string {
  return relative('.', migrations.find((it) => it.tag === tag)?.file ?? tag)
}

function compare(migrations: readonly Migration[], rows: readonly Row[]): MigrationStatus {
  const hashes = new Map(rows.map(({ tag, hash }) => [tag, hash]))
  const there = new Set(migrations.map(({ tag }) => tag))
  return {
    applied: migrations.filter(({ tag }) => hashes.has(tag)).map(({ tag }) => tag),
    pending: migrations.filter(({ tag }) => !hashes.has(tag)).map(({ tag }) => tag),
    changed: migrations
      .filter(({ tag, hash, plainHash }) => hashes.has(tag) && hashes.get(tag) !== hash && hashes.get(tag) !== plainHash)
      .map(({ tag }) => tag),
    unknown: rows.filter(({ tag }) => !there.has(tag)).map(({ tag }) => tag),
  }
}

/** What is recorded here, else what drizzle-kit recorded. */
async function recorded(session: Session, migrations: readonly Migration[]): Promise<readonly Row[]> {
  if (await tableExists(session, FRAMEWORK_SCHEMA, 'migrations')) {
    const rows = await session.query({ text: 'SELECT tag, hash FROM plinth.migrations ORDER BY position, made_at', values: [] })
    if (rows.length > 0) return rows as unknown as readonly Row[]
  }
  if (!(await tableExists(session, 'drizzle', '__drizzle_migrations'))) return []
  const rows = await session.query({
    text: 'SELECT hash, created_at::text AS at FROM drizzle.__drizzle_migrations ORDER BY created_at',
    values: [],
  })
  return rows.map(({ hash, at }) => {
    const known = migrations.find((it) => it.madeAt === Number(at)) ?? migrations.find((it) => it.plainHash === hash)
    return { tag: known?.tag ?? `made at ${String(at)} by drizzle-kit`, hash: String(hash) }
  })
}

/** The first time on a database that drizzle-kit has migrated so far, its records are taken over. */
async function adopt(session: Session, migrations: readonly Migration[]): Promise<readonly Row[]> {
  const rows = await recorded(session, migrations)
  const [own] = await session.query({ text: 'SELECT count(*)::int AS count FROM plinth.migrations', values: [] })
  if (own?.['count'] !== 0) return rows
  for (const { tag, hash } of rows) {
    const known = migrations.find((it) => it.tag === tag)
    if (known !== undefined) await record(session, { ...known, hash }, null)
  }
  return rows
}

async function record(session: Session, { tag, position, hash, madeAt }: Migration, took: number | null): Promise<void> {
  await session.query({
    text: 'INSERT INTO plinth.migrations (tag, position, hash, made_at, took_ms) VALUES ($1, $2, $3, $4, $5)',
    values: [tag, position, hash, madeAt, took],
  })
}

/** What stands there already: schemas, columns, tables, and the rest. */
const duplicates: ReadonlySet<unknown> = new Set(['42P06', '42701', '42P07', '42710'])

async function apply(session: Session, { tag, file, statements }: Migration, first: boolean): Promise<void> {
  for (const { text, line } of statements) {
    try {
      await session.script(text)
    } catch (error) {
      const { message, code, position, hint, detail } = error as {
        message: string
        code?: unknown
        position?: unknown
        hint?: unknown
        detail?: unknown
      }
      const at = Number(position)
      const where = line + (at > 0 ? text.slice(0, at - 1).split('\n').length - 1 : 0)
      const more = [detail, hint].filter((it) => typeof it === 'string' && it !== '').map((it) => ` (${it as string})`)
      throw new MigrationError(
        [`${relative('.', file)}:${where} ${message}${more.join('')}`],
        first && duplicates.has(code)
          ? 'nothing was applied. If this database was made by plinth db push or plinth dev, go on pushing to it, or make it anew from the migrations: plinth db reset'
          : `nothing of ${tag} was applied, what stands before it was: correct it and migrate again`,
        error,
      )
    }
  }
}
