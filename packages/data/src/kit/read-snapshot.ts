import type { Session } from '../database/contract.ts'
import { EMPTY_SNAPSHOT, type Snapshot, type SnapshotTable } from './snapshot.ts'

// Everything that belongs to an extension is the extension's.
const own = (oid: string, catalog: string): string =>
  `NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = '${catalog}'::regclass AND d.objid = ${oid} AND d.deptype = 'e')`

const columns = `
SELECT coalesce(json_object_agg(a.attname, json_strip_nulls(json_build_object(
  'name', a.attname,
  'type', CASE WHEN e.oid IS NULL THEN format_type(a.atttypid, a.atttypmod) ELSE e.typname || CASE WHEN t.typelem = e.oid THEN repeat('[]', greatest(a.attndims, 1)) ELSE '' END END,
  'typeSchema', en.nspname,
  'primaryKey', EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'p' AND k.conkey = ARRAY[a.attnum]),
  'notNull', a.attnotnull,
  'default', CASE WHEN a.attgenerated = '' THEN pg_get_expr(x.adbin, x.adrelid) END,
  'generated', CASE WHEN a.attgenerated <> '' THEN json_build_object('as', pg_get_expr(x.adbin, x.adrelid), 'type', 'stored') END,
  'identity', CASE WHEN a.attidentity <> '' THEN (
    SELECT json_build_object('type', CASE a.attidentity WHEN 'a' THEN 'always' ELSE 'byDefault' END, 'name', s.relname, 'schema', n.nspname,
      'increment', q.seqincrement::text, 'startWith', q.seqstart::text, 'minValue', q.seqmin::text, 'maxValue', q.seqmax::text,
      'cache', q.seqcache::text, 'cycle', q.seqcycle)
    FROM pg_depend d JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S' JOIN pg_sequence q ON q.seqrelid = s.oid
    WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid = c.oid AND d.refobjsubid = a.attnum AND d.deptype = 'i'
  ) END
)) ORDER BY a.attnum), '{}')
FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_type e ON e.typtype = 'e' AND e.oid = CASE WHEN t.typcategory = 'A' THEN t.typelem ELSE t.oid END
LEFT JOIN pg_namespace en ON en.oid = e.typnamespace
LEFT JOIN pg_attrdef x ON x.adrelid = c.oid AND x.adnum = a.attnum
WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped`

const names = (keys: string, table: string): string =>
  `(SELECT json_agg(a.attname ORDER BY u.i) FROM unnest(${keys}) WITH ORDINALITY AS u(n, i) JOIN pg_attribute a ON a.attrelid = ${table} AND a.attnum = u.n)`

const action = (column: string): string =>
  `CASE ${column} WHEN 'a' THEN 'no action' WHEN 'r' THEN 'restrict' WHEN 'n' THEN 'set null' WHEN 'c' THEN 'cascade' ELSE 'set default' END`

const constraints = (kind: string, body: string): string => `
SELECT coalesce(json_object_agg(k.conname, ${body} ORDER BY k.conname), '{}') FROM pg_constraint k WHERE k.conrelid = c.oid AND ${kind}`

const indexes = `
SELECT coalesce(json_object_agg(s.relname, json_strip_nulls(json_build_object(
  'name', s.relname, 'isUnique', i.indisunique, 'concurrently', false, 'method', m.amname,
  'where', pg_get_expr(i.indpred, i.indrelid),
  'with', (SELECT coalesce(json_object_agg(split_part(o, '=', 1), split_part(o, '=', 2)), '{}') FROM unnest(s.reloptions) AS o),
  'columns', (
    SELECT json_agg(json_strip_nulls(json_build_object(
      'expression', CASE WHEN i.indkey[p - 1] = 0 THEN pg_get_indexdef(i.indexrelid, p, true) ELSE (SELECT attname FROM pg_attribute WHERE attrelid = c.oid AND attnum = i.indkey[p - 1]) END,
      'isExpression', i.indkey[p - 1] = 0,
      'asc', i.indoption[p - 1] & 1 = 0,
      'nulls', CASE WHEN i.indoption[p - 1] & 2 = 2 THEN 'first' ELSE 'last' END,
      'opclass', CASE WHEN NOT oc.opcdefault THEN oc.opcname END
    )) ORDER BY p) FROM generate_series(1, i.indnkeyatts) AS p JOIN pg_opclass oc ON oc.oid = i.indclass[p - 1]
  )
)) ORDER BY s.relname), '{}')
FROM pg_index i JOIN pg_class s ON s.oid = i.indexrelid JOIN pg_am m ON m.oid = s.relam
WHERE i.indrelid = c.oid AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'))`

const policies = `
SELECT coalesce(json_object_agg(p.polname, json_strip_nulls(json_build_object(
  'name', p.polname, 'as', CASE WHEN p.polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END,
  'for', CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
  'to', (SELECT json_agg(CASE WHEN r = 0 THEN 'public' ELSE pg_get_userbyid(r) END) FROM unnest(p.polroles) AS r),
  'using', pg_get_expr(p.polqual, p.polrelid), 'withCheck', pg_get_expr(p.polwithcheck, p.polrelid)
)) ORDER BY p.polname), '{}') FROM pg_policy p WHERE p.polrelid = c.oid`

const tables = `
SELECT coalesce(json_object_agg(n.nspname || '.' || c.relname, json_build_object(
  'name', c.relname, 'schema', CASE n.nspname WHEN 'public' THEN '' ELSE n.nspname END,
  'columns', (${columns}), 'indexes', (${indexes}),
  'foreignKeys', (${constraints(
    "k.contype = 'f' AND k.conparentid = 0",
    `json_build_object('name', k.conname, 'tableFrom', c.relname, 'columnsFrom', ${names('k.conkey', 'c.oid')},
    'tableTo', (SELECT relname FROM pg_class WHERE oid = k.confrelid), 'schemaTo', (SELECT f.nspname FROM pg_class t JOIN pg_namespace f ON f.oid = t.relnamespace WHERE t.oid = k.confrelid),
    'columnsTo', ${names('k.confkey', 'k.confrelid')}, 'onDelete', ${action('k.confdeltype')}, 'onUpdate', ${action('k.confupdtype')})`,
  )}),
  'compositePrimaryKeys', (${constraints(
    "k.contype = 'p' AND cardinality(k.conkey) > 1",
    `json_build_object('name', k.conname, 'columns', ${names('k.conkey', 'c.oid')})`,
  )}),
  'uniqueConstraints', (${constraints(
    "k.contype = 'u'",
    `json_build_object('name', k.conname, 'columns', ${names('k.conkey', 'c.oid')},
    'nullsNotDistinct', coalesce((SELECT to_jsonb(i)->>'indnullsnotdistinct' = 'true' FROM pg_index i WHERE i.indexrelid = k.conindid), false))`,
  )}),
  'checkConstraints', (${constraints(
    // NOT NULL is a constraint of its own from PostgreSQL 18 on, kind 'n'; it stands at the column.
    "k.contype = 'c'",
    `json_build_object('name', k.conname, 'value', pg_get_expr(k.conbin, k.conrelid))`,
  )}),
  'policies', (${policies}), 'isRLSEnabled', c.relrowsecurity
)), '{}') AS body
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = ANY($1::text[]) AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND ${own('c.oid', 'pg_class')}`

const enums = `
SELECT coalesce(json_object_agg(n.nspname || '.' || t.typname, json_build_object('name', t.typname, 'schema', n.nspname,
  'values', (SELECT json_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid))), '{}') AS body
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
WHERE n.nspname = ANY($1::text[]) AND t.typtype = 'e' AND ${own('t.oid', 'pg_type')}`

const sequences = `
SELECT coalesce(json_object_agg(n.nspname || '.' || c.relname, json_build_object('name', c.relname, 'schema', n.nspname,
  'increment', q.seqincrement::text, 'startWith', q.seqstart::text, 'minValue', q.seqmin::text, 'maxValue', q.seqmax::text,
  'cache', q.seqcache::text, 'cycle', q.seqcycle)), '{}') AS body
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_sequence q ON q.seqrelid = c.oid
WHERE n.nspname = ANY($1::text[]) AND ${own('c.oid', 'pg_class')}
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0)`

const views = `
SELECT coalesce(json_object_agg(n.nspname || '.' || c.relname, json_build_object('name', c.relname, 'schema', n.nspname, 'columns', '{}'::json,
  'definition', rtrim(pg_get_viewdef(c.oid), ';'), 'materialized', c.relkind = 'm', 'isExisting', false)), '{}') AS body
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = ANY($1::text[]) AND c.relkind IN ('v', 'm') AND ${own('c.oid', 'pg_class')}`

/**
 * Reads schemas of a database. Expressions are as PostgreSQL spells them, every name with its schema, so that two databases that
 * mean the same say the same. Must run in a transaction, whose search path it sets.
 */
export async function readSnapshot(session: Session, schemas: readonly string[]): Promise<Snapshot> {
  // Statements that compile themselves first take seconds for what takes milliseconds.
  await session.script(`SET LOCAL search_path = ''; SET LOCAL jit = off`)
  const read = async <T>(text: string): Promise<T> => {
    const body = (await session.query({ text: text.replace(' AS body', '::text AS body'), values: [schemas] }))[0]?.['body']
    return JSON.parse(body as string) as T
  }
  const there = await session.query({ text: 'SELECT nspname FROM pg_namespace WHERE nspname = ANY($1::text[])', values: [schemas] })
  return {
    ...EMPTY_SNAPSHOT,
    tables: await read<{ [key: string]: SnapshotTable }>(tables),
    enums: await read(enums),
    sequences: await read(sequences),
    views: await read(views),
    schemas: Object.fromEntries(there.map(({ nspname }) => [nspname as string, nspname as string]).filter(([name]) => name !== 'public')),
  }
}
