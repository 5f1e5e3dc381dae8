import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { BREAKPOINT, EMPTY_JOURNAL, type Journal, journalPath, readJournal } from '../migrations/journal.ts'
import { type DrizzleSchema, snapshotOf } from './compare.ts'
import { type Casing, type Kit, KitError } from './load-kit.ts'
import { EMPTY_SNAPSHOT, ORIGIN, type Snapshot } from './snapshot.ts'
import { type Renames, statementsBetween } from './statements.ts'

export interface GenerateOptions {
  /** Default `drizzle`. */
  readonly folder?: string
  /** What the file is called behind its number. Default: one made of its first statement. */
  readonly name?: string
  readonly casing?: Casing
  /** Default `ask`. */
  readonly renames?: Renames
  /** Makes an empty file, to be written by hand, although the schema has not changed. */
  readonly custom?: boolean
}

export interface Generated {
  readonly tag: string
  readonly file: string
  readonly statements: readonly string[]
}

/**
 * Writes the migration that leads from the last one to the schema, with its snapshot and its line in the journal, as
 * `drizzle-kit generate` does: both may be used on one folder. Gives undefined where the schema has not changed.
 * @throws {KitError}
 */
export async function generate(kit: Kit, schema: DrizzleSchema, options: GenerateOptions = {}): Promise<Generated | undefined> {
  const { folder = 'drizzle', name, casing, renames = 'ask', custom = false } = options
  if (name !== undefined && !/^[A-Za-z0-9][\w-]*$/.test(name)) {
    throw new KitError('A name of a migration has letters, digits, - and _, and begins with a letter or digit', 'for example add_posts')
  }
  const journal = readJournal(folder)
  const before = lastSnapshot(folder, journal)
  const now = snapshotOf(kit, schema, casing, before.id === ORIGIN ? ORIGIN : before.id)
  const statements = custom ? [] : await statementsBetween(kit, before, now, renames)
  if (statements.length === 0 && !custom) return undefined
  const idx = journal.entries.length === 0 ? 0 : Math.max(...journal.entries.map((it) => it.idx)) + 1
  const tag = `${prefix(idx)}_${name ?? (custom ? 'custom' : nameOf(statements))}`
  const file = join(folder, `${tag}.sql`)
  if (existsSync(file)) throw new KitError(`${file} is there already, but not in the journal`, 'remove one of them, or say another --name')
  mkdirSync(join(folder, 'meta'), { recursive: true })
  writeFileSync(file, custom ? '-- Written by hand: statements go here.\n' : `${statements.join(`${BREAKPOINT}\n`)}\n`)
  const snapshot: Snapshot = custom ? { ...before, id: now.id, prevId: before.id } : now
  writeFileSync(snapshotPath(folder, idx), `${JSON.stringify(snapshot, null, 2)}\n`)
  // Milliseconds of two machines may be the same or go backwards; drizzle-kit's own migrator goes by them.
  const when = Math.max(Date.now(), ...journal.entries.map((it) => it.when + 1))
  const next: Journal = {
    ...(journal.entries.length === 0 ? EMPTY_JOURNAL : journal),
    entries: [...journal.entries, { idx, version: '7', when, tag, breakpoints: true }],
  }
  // Last, so that what fails before leaves a file that nothing applies.
  writeFileSync(journalPath(folder), `${JSON.stringify(next, null, 2)}\n`)
  return { tag, file, statements }
}

const prefix = (idx: number): string => String(idx).padStart(4, '0')

function snapshotPath(folder: string, idx: number): string {
  return join(folder, 'meta', `${prefix(idx)}_snapshot.json`)
}

function lastSnapshot(folder: string, journal: Journal): Snapshot {
  const last = journal.entries.at(-1)
  if (last === undefined) return EMPTY_SNAPSHOT
  const path = snapshotPath(folder, last.idx)
  if (!existsSync(path))
    throw new KitError(`${path} is missing, so nobody knows what ${last.tag} led to`, 'restore it from version control')
  let snapshot: Snapshot
  try {
    snapshot = JSON.parse(readFileSync(path, 'utf8')) as Snapshot
  } catch (error) {
    throw new KitError(`${path} is not JSON: ${(error as Error).message}`, 'restore it from version control', error)
  }
  if (snapshot.version !== '7') {
    throw new KitError(`${path} has version ${String(snapshot.version)}; this needs 7`, 'bring it up to date with: npx drizzle-kit up')
  }
  return snapshot
}

/** `create_posts`, `alter_posts_and_2_more`: says more to who looks for it than a random word. */
function nameOf(statements: readonly string[]): string {
  const first = /^\s*(\w+)[^"]*(?:"[^"]+"\.)*"([^"]+)"/.exec(statements[0] ?? '')
  const of = (text: string): string =>
    text
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '_')
      .replace(/^_+|_+$/g, '')
  const base = first === null ? 'migration' : `${of(first[1] as string)}_${of(first[2] as string)}`
  return `${base.slice(0, 50)}${statements.length > 1 ? `_and_${statements.length - 1}_more` : ''}`
}
