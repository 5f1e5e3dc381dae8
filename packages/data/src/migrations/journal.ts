import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { MigrationError } from './migration-error.ts'

/** One line of `meta/_journal.json`, as drizzle-kit writes it. */
export interface JournalEntry {
  readonly idx: number
  readonly version: string
  /** When it was made, in milliseconds since 1970. */
  readonly when: number
  /** The name of its file without `.sql`. */
  readonly tag: string
  readonly breakpoints: boolean
}

/** The list of migrations of a folder. */
export interface Journal {
  readonly version: string
  readonly dialect: string
  readonly entries: readonly JournalEntry[]
}

/** A migration as it stands in its folder. */
export interface Migration {
  readonly tag: string
  readonly position: number
  readonly madeAt: number
  readonly file: string
  readonly statements: readonly { readonly text: string; readonly line: number }[]
  /** Of the text with `\n` as its line ends, so that a checkout on Windows is the same migration. */
  readonly hash: string
  /** Of the text as it is, which is what drizzle-kit keeps. */
  readonly plainHash: string
}

export const EMPTY_JOURNAL: Journal = { version: '7', dialect: 'postgresql', entries: [] }
export const BREAKPOINT = '--> statement-breakpoint'

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

export function journalPath(folder: string): string {
  return join(folder, 'meta', '_journal.json')
}

/**
 * Reads `meta/_journal.json`; a folder without one has no migrations.
 * @throws {MigrationError} for one that is no journal.
 */
export function readJournal(folder: string): Journal {
  const path = journalPath(folder)
  if (!existsSync(path)) return EMPTY_JOURNAL
  let read: Partial<Journal> | null
  try {
    read = JSON.parse(readFileSync(path, 'utf8')) as Partial<Journal> | null
  } catch (error) {
    throw new MigrationError([`${path} is not JSON: ${(error as Error).message}`], 'restore it from version control', error)
  }
  const problems: string[] = []
  if (read?.dialect !== undefined && read.dialect !== 'postgresql')
    problems.push(`${path} is for the dialect '${read.dialect}', not for postgresql`)
  const entries = Array.isArray(read?.entries) ? (read.entries as readonly Partial<JournalEntry>[]) : undefined
  if (entries === undefined) problems.push(`${path} has no list 'entries'`)
  const tags = new Set<string>()
  for (const [i, { tag, when }] of (entries ?? []).entries()) {
    if (typeof tag !== 'string' || !/^[\w.-]+$/.test(tag) || tag.startsWith('.'))
      problems.push(`${path}: entries[${i}].tag is no name of a file`)
    else if (tags.has(tag)) problems.push(`${path}: '${tag}' stands there twice`)
    else tags.add(tag)
    if (typeof when !== 'number') problems.push(`${path}: entries[${i}].when is no number`)
  }
  if (problems.length > 0) throw new MigrationError(problems, 'restore it from version control')
  return read as Journal
}

/**
 * The migrations of a folder in the order of its journal.
 * @throws {MigrationError} naming every file that is missing or stands in no journal.
 */
export function readMigrations(folder: string): readonly Migration[] {
  const { entries } = readJournal(folder)
  const problems: string[] = []
  const migrations: Migration[] = []
  for (const [position, { tag, when }] of entries.entries()) {
    const file = join(folder, `${tag}.sql`)
    if (!existsSync(file)) {
      problems.push(`${file} is missing; the journal lists it`)
      continue
    }
    const plain = readFileSync(file, 'utf8')
    const text = plain.replaceAll('\r\n', '\n')
    migrations.push({ tag, position, madeAt: when, file, statements: split(text), hash: sha256(text), plainHash: sha256(plain) })
  }
  if (problems.length > 0) throw new MigrationError(problems, 'restore it from version control')
  return migrations
}

/** Statements between breakpoints, each with the line on which it begins. What lies between two may be several statements. */
function split(text: string): Migration['statements'] {
  const statements: { text: string; line: number }[] = []
  let line = 1
  for (const part of text.split(BREAKPOINT)) {
    const lead = /^\s*/.exec(part)![0]
    const rest = part.slice(lead.length)
    if (withoutComments(rest) !== '') statements.push({ text: rest, line: line + lines(lead) })
    line += lines(part)
  }
  return statements
}

const lines = (text: string): number => text.split('\n').length - 1

/** Only to see whether there is anything else: quoted text counts as something, whatever it holds. */
function withoutComments(text: string): string {
  return text
    .replace(/--[^\n]*/g, '')
    .replace(/\/\*[^]*?\*\//g, '')
    .trim()
}
