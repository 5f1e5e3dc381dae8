import type { Session } from '../database/contract.ts'
import { isTable, tableFacts } from '../drizzle/metadata.ts'
import type { DrizzleSchema } from './compare.ts'
import type { Casing } from './load-kit.ts'

/**
 * Tables and columns of a Drizzle schema that the database does not have, in the order of their names: `posts`, `posts.title`, of
 * other schemas than `public` `shop.posts`. One statement, without drizzle-kit and without locks, so that it can be asked at each
 * start; types, constraints and indexes are compared by {@link planPush} alone.
 */
export async function missingIn(session: Session, schema: DrizzleSchema, casing?: Casing): Promise<readonly string[]> {
  const tables = [...new Set(Object.values(schema).filter(isTable))].map((it) => tableFacts(it, casing))
  const wanted = tables.flatMap((it) => it.columns.map(({ sqlName }) => ({ s: it.schema, t: it.sqlName, c: sqlName })))
  const rows = await session.query({
    // The type `name` cuts what is too long off, as the database has done with names of its own.
    text: `SELECT w.s, w.t, w.c, EXISTS (SELECT FROM ${RELATIONS} WHERE n.nspname = w.s AND c.relname = w.t) AS there
FROM jsonb_to_recordset($1::jsonb) AS w(s name, t name, c name) WHERE NOT EXISTS (
SELECT FROM ${RELATIONS} JOIN pg_attribute a ON a.attrelid = c.oid
WHERE n.nspname = w.s AND c.relname = w.t AND a.attname = w.c AND a.attnum > 0 AND NOT a.attisdropped) ORDER BY w.s, w.t, w.c`,
    values: [JSON.stringify(wanted)],
  })
  const missing = rows.map(
    ({ s, t, c, there }) => `${s === 'public' ? '' : `${String(s)}.`}${String(t)}${there === true ? `.${String(c)}` : ''}`,
  )
  return [...new Set(missing)]
}

const RELATIONS = 'pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace'
