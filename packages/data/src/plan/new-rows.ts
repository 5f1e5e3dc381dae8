import type { Access, Rows, TableAccess } from '../access/contract.ts'
import type { Column, ForeignKey, Model, Table } from '../model/contract.ts'
import { insertedFlag, tellsFresh } from './insert.ts'
import { sqlNameOf } from './column-sql.ts'
import { ruleSql, tableSql } from './source.ts'
import { Values } from './statement.ts'

/** What the rows that a statement wrote are called in it. A table of that name would be hidden from what rules ask. */
export const writtenRows = 'plinth_written'

/**
 * How many of the rows in {@link writtenRows} should not have been written; undefined where there is nothing to ask. Rules are asked of the new
 * rows, and foreign keys that the client wrote must point at rows that it may read: it could find out which exist otherwise.
 */
export function refusedSql(
  verb: 'insert' | 'upsert' | 'update',
  written: readonly Column[],
  table: Table,
  access: TableAccess,
  setting: { readonly model: Model; readonly access: Access },
  values: Values,
): string | undefined {
  const wrong: string[] = []
  const judge = (rows: Rows, guard: string): void => {
    for (const rule of ruleSql(rows, values)) wrong.push(`(${guard}(${rule}) IS NOT TRUE)`)
  }
  if (verb === 'insert') judge(access.rows('create', 'n'), '')
  else if (verb === 'update') judge(access.after('n'), '')
  else {
    // Where it is not certain which row is new, each must do as both.
    const certain = tellsFresh(table)
    judge(access.rows('create', 'n'), certain ? `n.${insertedFlag} AND ` : '')
    judge(access.after('n'), certain ? `NOT n.${insertedFlag} AND ` : '')
  }
  for (const { key, target, rule } of judgedKeys(written, table, setting, values)) {
    const given = key.columns.map((it) => `n.${sqlNameOf(table, it)} IS NOT NULL`)
    const same = key.columns.map((it, at) => `f.${sqlNameOf(target, key.references[at]!)} = n.${sqlNameOf(table, it)}`).join(' AND ')
    const unseen = [`NOT EXISTS (SELECT FROM ${tableSql(target)} AS f WHERE ${same} AND ${rule.join(' AND ')})`]
    // Rows written by this statement may point at each other, and the statement does not see them in their table yet.
    if (target === table) unseen.push(`NOT EXISTS (SELECT FROM ${writtenRows} AS f WHERE ${same})`)
    wrong.push(`(${[...given, ...unseen].join(' AND ')})`)
  }
  return wrong.length === 0 ? undefined : `(SELECT count(*) FROM ${writtenRows} AS n WHERE ${wrong.join(' OR ')})`
}

/** Foreign keys that the client wrote and that lead to tables of which it may not read all rows. */
function judgedKeys(
  written: readonly Column[],
  table: Table,
  { model, access }: { readonly model: Model; readonly access: Access },
  values: Values,
): { readonly key: ForeignKey; readonly target: Table; readonly rule: readonly string[] }[] {
  const names = new Set(written.map((it) => it.name))
  return table.foreignKeys.flatMap((key) => {
    const target = key.columns.some((it) => names.has(it)) ? model.table(key.schema, key.table) : undefined
    const targetAccess = target === undefined ? undefined : access.of(target)
    if (target === undefined || targetAccess === undefined) return []
    const rule = ruleSql(targetAccess.rows('read', 'f'), values)
    return rule.length === 0 ? [] : [{ key, target, rule }]
  })
}

/**
 * Whether a failure of the database is one of a key that points at nothing, and has to be told as one that points at a row which
 * the asker may not read: by the difference it could find out which rows there are.
 */
export function tellsOfRows(
  error: unknown,
  written: readonly Column[],
  table: Table,
  setting: { readonly model: Model; readonly access: Access },
): boolean {
  const { code, table: named } = error as { readonly code?: unknown; readonly table?: unknown }
  if (code !== '23503' || named !== table.sqlName) return false
  // Also where another key points at nothing: the database names the first that fails, and so tells that the one before it did not.
  return judgedKeys(written, table, setting, new Values()).length > 0
}
