import type { Session } from '../database/contract.ts'
import type { Snapshot, SnapshotTable } from './snapshot.ts'

/** A statement that takes something away which cannot be made again from the schema. */
export interface Loss {
  readonly statement: string
  /** `drops table posts with 12 rows`. */
  readonly what: string
}

const name = String.raw`(?:"((?:[^"]|"")+)"\.)?"((?:[^"]|"")+)"`
const patterns = {
  dropTable: new RegExp(String.raw`^DROP TABLE (?:IF EXISTS )?${name}`),
  dropSchema: /^DROP SCHEMA (?:IF EXISTS )?"((?:[^"]|"")+)"/,
  dropView: new RegExp(String.raw`^DROP (MATERIALIZED )?VIEW (?:IF EXISTS )?${name}`),
  dropSequence: new RegExp(String.raw`^DROP SEQUENCE (?:IF EXISTS )?${name}`),
  dropPolicy: /^DROP POLICY "((?:[^"]|"")+)" ON (.+?);?$/,
  dropColumn: new RegExp(String.raw`^ALTER TABLE (?:IF EXISTS )?${name} DROP COLUMN (?:IF EXISTS )?"((?:[^"]|"")+)"`),
  setType: new RegExp(
    String.raw`^ALTER TABLE (?:IF EXISTS )?${name} ALTER COLUMN "((?:[^"]|"")+)" SET DATA TYPE ([^;]+?)(?: USING [^;]*)?;?$`,
  ),
  truncate: /^\s*truncate\b/i,
}

/** Which of the statements lose something, counted in the database as it is. Must run in the transaction that applies them, if any. */
export async function lossesOf(session: Session, statements: readonly string[], actual: Snapshot, lock: boolean): Promise<readonly Loss[]> {
  const losses: Loss[] = []
  for (const statement of statements) {
    const what = await lossOf(session, statement, statements, actual, lock)
    if (what !== undefined) losses.push({ statement, what })
  }
  return losses
}

async function lossOf(
  session: Session,
  statement: string,
  all: readonly string[],
  actual: Snapshot,
  lock: boolean,
): Promise<string | undefined> {
  const text = statement.trim()
  const count = async (schema: string | undefined, table: string, where: string): Promise<string | undefined> => {
    const relation = `"${schema ?? 'public'}"."${table}"`
    // A name that an earlier statement gives: nothing can be counted, so it counts as a loss.
    if (actual.tables[`${schema ?? 'public'}.${table}`.replaceAll('""', '"')] === undefined) return 'rows'
    if (lock) await session.script(`LOCK TABLE ${relation} IN ACCESS EXCLUSIVE MODE`)
    const [row] = await session.query({ text: `SELECT count(*)::text AS count FROM ${relation} WHERE ${where}`, values: [] })
    const rows = row!['count'] as string
    return rows === '0' ? undefined : rows === '1' ? '1 row' : `${rows} rows`
  }
  let match = patterns.dropTable.exec(text)
  if (match !== null) {
    const rows = await count(match[1], match[2]!, 'true')
    return rows === undefined ? undefined : `drops table ${match[2]} with ${rows}`
  }
  match = patterns.dropColumn.exec(text)
  if (match !== null) {
    const rows = await count(match[1], match[2]!, `"${match[3]}" IS NOT NULL`)
    return rows === undefined ? undefined : `drops column ${match[3]} of ${match[2]}, which has a value in ${rows}`
  }
  match = patterns.setType.exec(text)
  if (match !== null) {
    const [, schema, table, column, to] = match as unknown as [string, string | undefined, string, string, string]
    const known: SnapshotTable | undefined = actual.tables[`${schema ?? 'public'}.${table}`]
    const from = known?.columns[column]?.type
    if (from !== undefined && keeps(from, to)) return undefined
    const rows = await count(schema, table, `"${column}" IS NOT NULL`)
    return rows === undefined
      ? undefined
      : `changes ${column} of ${table} from ${from ?? 'its type'} to ${to}: values in ${rows} may be cut or rounded`
  }
  match = patterns.dropView.exec(text)
  if (match !== null) {
    const made = all.some((it) => new RegExp(String.raw`^CREATE (?:MATERIALIZED )?VIEW .*"${escaped(match![3]!)}"`).test(it.trim()))
    return made ? undefined : `drops view ${match[3]}, whose text is nowhere else`
  }
  match = patterns.dropSequence.exec(text)
  if (match !== null) return `drops sequence ${match[2]} and how far it has counted`
  match = patterns.dropPolicy.exec(text)
  if (match !== null) {
    const made = all.some((it) => it.trim().startsWith(`CREATE POLICY "${match![1]}" `))
    return made ? undefined : `drops policy ${match[1]} on ${match[2]}`
  }
  match = patterns.dropSchema.exec(text)
  if (match !== null) return `drops schema ${match[1]}`
  return patterns.truncate.test(text) ? 'empties a table' : undefined
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)

/** Types between which no value changes; what does not fit is refused by the database, not cut. */
function keeps(from: string, to: string): boolean {
  const [a, b] = [shape(from), shape(to)]
  if (a.name === b.name && a.numbers.join() === b.numbers.join()) return true
  const ranks = ['smallint', 'integer', 'bigint', 'numeric']
  const [low, high] = [ranks.indexOf(a.name), ranks.indexOf(b.name)]
  if (low !== -1 && high > low) return b.name !== 'numeric' || b.numbers.length === 0
  // Integers that do not fit are refused.
  if (low !== -1 && low < 3 && high !== -1 && high < low) return true
  if (a.name === 'numeric' && b.name === 'numeric') {
    const [, before = 0] = a.numbers
    const [, after = 0] = b.numbers
    return b.numbers.length === 0 || (a.numbers.length > 0 && after >= before)
  }
  if (a.name === 'real' && b.name === 'double precision') return true
  if (a.name === 'json' && b.name === 'text') return true
  // Text that is too long is refused, but a char(n) of it loses its trailing blanks.
  if (b.name === 'text' && !a.array) return true
  if (a.name === 'text' && b.name === 'varchar') return true
  if (a.name === 'varchar' && b.name === 'varchar') return true
  // An enum has its values, or it refuses.
  return a.name === 'text' && b.other
}

interface Shape {
  readonly name: string
  readonly numbers: readonly number[]
  readonly array: boolean
  /** None of PostgreSQL's own: quoted, so an enum. */
  readonly other: boolean
}

function shape(type: string): Shape {
  const text = type.trim()
  const numbers = (/\(([\d, ]+)\)/.exec(text)?.[1] ?? '')
    .split(',')
    .filter((it) => it.trim() !== '')
    .map(Number)
  const bare = text
    .replace(/\s*\([\d, ]+\)/, '')
    .toLowerCase()
    .replace('character varying', 'varchar')
    .replace(/^int4$/, 'integer')
    .replace(/^int8$/, 'bigint')
  return { name: bare, numbers, array: text.endsWith(']'), other: text.startsWith('"') }
}
