import type { Engine, Session } from '../database/contract.ts'
import { FRAMEWORK_SCHEMA, prepareDatabase } from '../migrations/framework.ts'
import { underLock } from '../migrations/lock.ts'
import { tableExists } from '../migrations/table-exists.ts'
import { quote } from '../plan/quote.ts'

/** A table whose changes are kept. */
export interface CapturedTable {
  /** Default `public`. */
  readonly schema?: string
  readonly table: string
  /** Kept until they are pruned by name: who changed what, when, from what to what. */
  readonly history?: boolean
  /** Kept for as long as readers need them. */
  readonly live?: boolean
  /** Columns whose values are never kept: passwords, tokens. */
  readonly omit?: readonly string[]
}

/** What `captureChanges` did, as `schema.table`. */
export interface CaptureResult {
  readonly added: readonly string[]
  readonly changed: readonly string[]
  readonly removed: readonly string[]
}

interface Wanted {
  readonly name: string
  readonly relation: string
  readonly live: boolean
  readonly spec: string
}

const TRIGGERS = ['plinth_capture', 'plinth_capture_truncate', 'plinth_wake'] as const

/**
 * Puts triggers on the tables that want them, and takes them from those that no longer do. Whatever changes such a table from
 * then on is written to `plinth.changes` in the same transaction. Costs one statement where nothing is to do; any number of
 * nodes may call it at once. Tables that another application of the same database has are left as they are.
 * @throws {Error} naming every table and column that does not exist, before anything is changed.
 */
export async function captureChanges(
  engine: Engine,
  tables: readonly CapturedTable[],
  application: string = 'application',
): Promise<CaptureResult> {
  const wanted = tables.some((it) => it.history === true || it.live === true)
  // Who never asked for it needs nothing of the framework's in his database.
  if (!wanted && !(await tableExists(engine, FRAMEWORK_SCHEMA, 'changes'))) return { added: [], changed: [], removed: [] }
  await prepareDatabase(engine)
  const first = await plan(engine, tables, application)
  if (first.length === 0) return { added: [], changed: [], removed: [] }
  return underLock(engine, async (session) => {
    const steps = await plan(session, tables, application)
    for (const { script } of steps) await session.script(script)
    const of = (kind: Step['kind']): readonly string[] => steps.filter((it) => it.kind === kind).map(({ name }) => name)
    return { added: of('added'), changed: of('changed'), removed: of('removed') }
  })
}

interface Step {
  readonly kind: 'added' | 'changed' | 'removed'
  readonly name: string
  readonly script: string
}

async function plan(session: Session, tables: readonly CapturedTable[], application: string): Promise<readonly Step[]> {
  const wanted = await resolve(
    session,
    tables.filter((it) => it.history === true || it.live === true),
    application,
  )
  const present = await session.query({
    text: `
SELECT n.nspname || '.' || c.relname AS name, format('%I.%I', n.nspname, c.relname) AS relation,
  convert_from(substring(t.tgargs from 1 for length(t.tgargs) - 1), 'UTF8') AS spec
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE t.tgname = $1 AND t.tgparentid = 0`,
    values: [TRIGGERS[0]],
  })
  const steps: Step[] = []
  for (const { name, relation, spec } of present as unknown as readonly Wanted[]) {
    const by = (JSON.parse(spec) as { readonly by?: unknown }).by
    if (by !== application || wanted.some((it) => it.name === name)) continue
    steps.push({ kind: 'removed', name, script: dropSql(relation) })
  }
  for (const it of wanted) {
    const known = present.find(({ name }) => name === it.name)
    if (known?.['spec'] === it.spec) continue
    const kind = known === undefined ? 'added' : 'changed'
    steps.push({ kind, name: it.name, script: `${dropSql(it.relation)}\n${createSql(it)}` })
  }
  return steps
}

async function resolve(session: Session, tables: readonly CapturedTable[], application: string): Promise<readonly Wanted[]> {
  if (tables.length === 0) return []
  const rows = await session.query({
    text: `
SELECT n.nspname AS schema, c.relname AS table, c.relkind AS kind,
  coalesce((SELECT json_agg(a.attname) FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped), '[]')::text AS columns,
  coalesce((SELECT json_agg(a.attname ORDER BY k.i) FROM pg_index x CROSS JOIN unnest(x.indkey) WITH ORDINALITY AS k(attnum, i)
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum WHERE x.indrelid = c.oid AND x.indisprimary), '[]')::text AS key
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND (n.nspname, c.relname) IN (SELECT * FROM unnest($1::text[], $2::text[]))`,
    values: [tables.map((it) => it.schema ?? 'public'), tables.map((it) => it.table)],
  })
  const problems: string[] = []
  const wanted: Wanted[] = []
  for (const { schema = 'public', table, history = false, live = false, omit = [] } of tables) {
    const row = rows.find((it) => it['schema'] === schema && it['table'] === table)
    const name = `${schema}.${table}`
    if (row === undefined) {
      problems.push(`There is no table ${name} whose changes could be kept`)
      continue
    }
    const columns = JSON.parse(row['columns'] as string) as string[]
    const key = JSON.parse(row['key'] as string) as string[]
    for (const column of omit) {
      if (!columns.includes(column)) problems.push(`omit: ${name} has no column '${column}'`)
      else if (key.includes(column)) problems.push(`omit: '${column}' is in the primary key of ${name}, by which its changes are found`)
    }
    // The order of the keys is part of it: it is compared as text.
    const spec = JSON.stringify({ by: application, schema, table, history, live, key, omit: [...omit].sort() })
    wanted.push({ name, relation: `${quote(schema)}.${quote(table)}`, live, spec })
  }
  if (problems.length > 0) throw new Error(problems.join('\n'))
  return wanted
}

function dropSql(relation: string): string {
  return TRIGGERS.map((it) => `DROP TRIGGER IF EXISTS ${it} ON ${relation};`).join('\n')
}

function createSql({ relation, spec, live }: Wanted): string {
  const [row, truncate, wake] = TRIGGERS
  // A trigger's argument is a plain literal, whatever standard_conforming_strings says.
  const argument = spec.includes('\\') ? `E'${spec.replaceAll('\\', '\\\\').replaceAll("'", "''")}'` : `'${spec.replaceAll("'", "''")}'`
  const parts = [
    `CREATE TRIGGER ${row} AFTER INSERT OR UPDATE OR DELETE ON ${relation} FOR EACH ROW EXECUTE FUNCTION plinth.capture(${argument});`,
    `CREATE TRIGGER ${truncate} AFTER TRUNCATE ON ${relation} FOR EACH STATEMENT EXECUTE FUNCTION plinth.capture(${argument});`,
  ]
  if (live) {
    parts.push(
      `CREATE TRIGGER ${wake} AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON ${relation} FOR EACH STATEMENT EXECUTE FUNCTION plinth.wake();`,
    )
  }
  return parts.join('\n')
}
