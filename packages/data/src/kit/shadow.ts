import { randomBytes } from 'node:crypto'
import type { Session } from '../database/contract.ts'
import { quote } from '../plan/quote.ts'
import { type Kit, KitError } from './load-kit.ts'
import { readSnapshot } from './read-snapshot.ts'
import { EMPTY_SNAPSHOT, type Snapshot } from './snapshot.ts'

/**
 * What a snapshot would look like in this database. It is made there, in schemas of other names, read back and taken away again:
 * PostgreSQL alone knows that `varchar` is `character varying` and how it spells `price > 0`. Without that, whatever is
 * compared with a database seems to differ in every expression. Must run in a transaction.
 */
export async function shadowOf(session: Session, kit: Kit, snapshot: Snapshot, schemas: readonly string[]): Promise<Snapshot> {
  const tag = randomBytes(6).toString('hex')
  const shadows = new Map(schemas.map((schema, i) => [schema, `plinth_shadow_${tag}_${i}`]))
  const statements = await kit.generateMigration(EMPTY_SNAPSHOT, moved(snapshot, shadows))
  await session.script('SAVEPOINT plinth_shadow')
  try {
    for (const shadow of shadows.values()) await session.script(`CREATE SCHEMA ${quote(shadow)}`)
    const path = ['public', ...schemas].flatMap((it) => shadows.get(it) ?? [])
    // Behind the shadows what is there already: functions and types that no snapshot knows.
    await session.script(`SET LOCAL search_path = ${[...new Set(path), 'public'].map(quote).join(', ')}`)
    for (const statement of statements) {
      if (statement.startsWith('CREATE SCHEMA ')) continue
      try {
        await session.script(statement)
      } catch (error) {
        const text = back(statement, shadows).trim()
        throw new KitError(`The database does not take this schema: ${(error as Error).message} in\n${text}`, 'correct the schema', error)
      }
    }
    const read = JSON.stringify(await readSnapshot(session, [...shadows.values()]))
    return named(JSON.parse(back(read, shadows)) as Snapshot)
  } finally {
    await session.script('ROLLBACK TO SAVEPOINT plinth_shadow; RELEASE SAVEPOINT plinth_shadow')
  }
}

function back(text: string, shadows: ReadonlyMap<string, string>): string {
  let result = text
  // The names are random, so they occur nowhere else.
  for (const [schema, shadow] of shadows) result = result.replaceAll(shadow, schema)
  return result
}

/** Tables of `public` have an empty schema in a snapshot, but not those of its shadow. */
function named(snapshot: Snapshot): Snapshot {
  const tables = Object.fromEntries(
    Object.entries(snapshot.tables).map(([key, it]) => [key, it.schema === 'public' ? { ...it, schema: '' } : it]),
  )
  const { public: _, ...schemas } = snapshot.schemas as { readonly [name: string]: string }
  return { ...snapshot, tables, schemas }
}

function moved(snapshot: Snapshot, shadows: ReadonlyMap<string, string>): Snapshot {
  const to = (schema: string | undefined): string => shadows.get(schema === undefined || schema === '' ? 'public' : schema) ?? schema ?? ''
  const keyed = <T extends { readonly name: string }>(
    part: { readonly [key: string]: T },
    of: (it: T) => T & { readonly schema: string },
  ) =>
    Object.fromEntries(
      Object.values(part).map((it) => {
        const value = of(it)
        return [`${value.schema}.${value.name}`, value]
      }),
    )
  // Only what the snapshot itself makes has moved: functions and types of others stay where they are.
  const known = [snapshot.tables, snapshot.enums, snapshot.sequences, snapshot.views].flatMap((part) =>
    Object.values(part).map((it: { readonly name: string; readonly schema: string }) => {
      const [schema, name] = [it.schema || 'public', it.name].map((one) => one.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`))
      const mention = new RegExp(String.raw`(?<![\w.$"])(?:"${schema}"|${schema})\.(?:"${name}"|${name})(?![\w$"])`, 'g')
      return [mention, `${quote(to(it.schema))}.${quote(it.name)}`] as const
    }),
  )
  const sql = (text: string): string => {
    let result = text
    for (const [mention, moved] of known) result = result.replace(mention, () => moved)
    return result
  }
  const every = <T>(part: { readonly [name: string]: T }, of: (it: T) => T): { readonly [name: string]: T } =>
    Object.fromEntries(Object.entries(part).map(([name, it]) => [name, of(it)]))
  return {
    ...snapshot,
    // Their schemas are made before; policies of roles and the like are compared by name alone.
    schemas: {},
    roles: {},
    policies: {},
    enums: keyed(snapshot.enums, (it) => ({ ...it, schema: to(it.schema) })),
    sequences: keyed(snapshot.sequences, (it) => ({ ...it, schema: to(it.schema) })),
    views: keyed(snapshot.views, (it) => ({
      ...it,
      schema: to(it.schema),
      ...(it.definition !== undefined && { definition: sql(it.definition) }),
    })),
    tables: keyed(snapshot.tables, (table) => ({
      ...table,
      schema: to(table.schema),
      columns: every(table.columns, (it) => ({
        ...it,
        ...(it.typeSchema !== undefined && { typeSchema: to(it.typeSchema) }),
        ...(typeof it.default === 'string' && { default: sql(it.default) }),
        ...(it.generated !== undefined && { generated: { ...it.generated, as: sql(it.generated.as) } }),
        ...(it.identity !== undefined && { identity: { ...it.identity, schema: to(it.identity.schema) } }),
      })),
      foreignKeys: every(table.foreignKeys, (it) => ({ ...it, schemaTo: to(it.schemaTo) })),
      checkConstraints: every(table.checkConstraints, (it) => ({ ...it, value: sql(it.value) })),
      indexes: every(table.indexes, (it) => ({
        ...it,
        // Built of nothing, so there is nothing that could go on meanwhile; and it may not be in a transaction.
        concurrently: false,
        columns: it.columns.map((column) => (column.isExpression ? { ...column, expression: sql(column.expression) } : column)),
        ...(it.where !== undefined && { where: sql(it.where) }),
      })),
      policies: every(table.policies, (it) => ({
        ...it,
        ...(it.using !== undefined && { using: sql(it.using) }),
        ...(it.withCheck !== undefined && { withCheck: sql(it.withCheck) }),
      })),
    })),
  }
}
