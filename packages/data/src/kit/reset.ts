import type { Engine } from '../database/contract.ts'
import { FRAMEWORK_SCHEMA } from '../migrations/framework.ts'
import { underLock } from '../migrations/lock.ts'
import { isTable, tableFacts } from '../drizzle/metadata.ts'
import { quote } from '../plan/quote.ts'
import type { DrizzleSchema } from './compare.ts'

/** The schemas of the database in which a Drizzle schema has tables. */
export function schemasIn(schema: DrizzleSchema): readonly string[] {
  return [
    ...new Set(
      Object.values(schema)
        .filter(isTable)
        .map((it) => tableFacts(it, undefined).schema),
    ),
  ]
}

/** What an extension brought stays, and so do `public` itself and the rights in it. */
const emptied = (schema: string): string => {
  const name = `'${schema.replaceAll("'", "''")}'`
  const own = (oid: string): string => `NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = ${oid} AND d.deptype = 'e')`
  return `DO $reset$ DECLARE it record; BEGIN
FOR it IN SELECT format('%I.%I', n.nspname, c.relname) AS name,
  CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE' WHEN 'f' THEN 'FOREIGN TABLE' ELSE 'TABLE' END AS kind
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ${name} AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND ${own('c.oid')} LOOP
  EXECUTE format('DROP %s IF EXISTS %s CASCADE', it.kind, it.name);
END LOOP;
FOR it IN SELECT p.oid::regprocedure::text AS name, CASE p.prokind WHEN 'p' THEN 'PROCEDURE' WHEN 'a' THEN 'AGGREGATE' ELSE 'FUNCTION' END AS kind
  FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = ${name} AND ${own('p.oid')} LOOP
  EXECUTE format('DROP %s IF EXISTS %s CASCADE', it.kind, it.name);
END LOOP;
FOR it IN SELECT format('%I.%I', n.nspname, t.typname) AS name
  FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
  WHERE n.nspname = ${name} AND (t.typtype IN ('e', 'd', 'r') OR (t.typtype = 'c' AND EXISTS (SELECT FROM pg_class c WHERE c.oid = t.typrelid AND c.relkind = 'c'))) AND ${own('t.oid')} LOOP
  EXECUTE format('DROP TYPE IF EXISTS %s CASCADE', it.name);
END LOOP;
END $reset$`
}

/**
 * Takes away everything in `public` and the named schemas, what the framework keeps, and what drizzle-kit recorded. All of it or
 * nothing. Asks nobody: that is for whoever calls it.
 */
export async function resetDatabase(engine: Engine, schemas: readonly string[] = []): Promise<void> {
  await underLock(engine, async (session) => {
    for (const schema of new Set([...schemas, FRAMEWORK_SCHEMA, 'drizzle'])) {
      if (schema !== 'public') await session.script(`DROP SCHEMA IF EXISTS ${quote(schema)} CASCADE`)
    }
    await session.script(emptied('public'))
  })
}
