import type { TableAccess } from '../access/contract.ts'
import { PostgrestError } from '../grammar/postgrest-error.ts'
import type { Column, Table } from '../model/contract.ts'
import type { Payload } from '../payload/payload.ts'
import { isStored } from './column-sql.ts'
import { quote } from './quote.ts'
import type { Values } from './statement.ts'

/**
 * The columns that a body writes; PGRST204 for one that there is not, or that is not the client's to write. What the
 * application itself wrote into the body may be any column that the database does not fill alone.
 */
export function writtenColumns(payload: Payload, table: Table, access: TableAccess): Column[] {
  return payload.columns.map((name) => {
    const column = table.columns.get(name)
    if (column !== undefined && isStored(column)) {
      if (payload.trusted?.has(name) === true && !column.generated) return column
      if (access.writable(column)) return column
    }
    throw new PostgrestError('PGRST204', `Could not find the '${name}' column of '${table.name}' in the schema cache`)
  })
}

/** Where the rows of a body come from, and what each written column gets. */
export interface PayloadSql {
  readonly from: string
  readonly expressions: readonly string[]
}

/** With `defaults`, a key that a row does not have stands for the column's default; else for null. */
export function payloadSql(payload: Payload, columns: readonly Column[], defaults: boolean, values: Values): PayloadSql {
  const json = `${values.add(payload.json)}::json`
  if (columns.length === 0) return { from: `json_array_elements(${json}) AS p`, expressions: [] }
  const definition = columns.map((it) => `${quote(it.name)} ${it.type}`).join(', ')
  if (!defaults) {
    return { from: `json_to_recordset(${json}) AS p(${definition})`, expressions: columns.map((it) => `p.${quote(it.name)}`) }
  }
  return {
    from: `json_array_elements(${json}) AS e(j) CROSS JOIN LATERAL json_to_record(e.j) AS p(${definition})`,
    expressions: columns.map((it) => {
      const own = `p.${quote(it.name)}`
      if (it.defaultExpression === undefined) return own
      return `CASE WHEN jsonb_exists(e.j::jsonb, ${values.add(it.name)}::text) THEN ${own} ELSE ${it.defaultExpression} END`
    }),
  }
}
