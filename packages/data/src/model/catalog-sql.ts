/** The catalogs of PostgreSQL as one JSON value a statement: relations, columns and keys of the schemas in `$1`. */

const relations = `
SELECT coalesce(json_agg(json_build_object(
  'schema', n.nspname, 'name', c.relname,
  'kind', CASE WHEN c.relkind IN ('v', 'm') THEN 'view' ELSE 'table' END,
  'partitioned', c.relkind = 'p',
  'comment', obj_description(c.oid, 'pg_class'),
  'insertable', c.relkind IN ('r', 'p') OR (pg_relation_is_updatable(c.oid, true) & 8) = 8,
  'updatable', c.relkind IN ('r', 'p') OR (pg_relation_is_updatable(c.oid, true) & 4) = 4,
  'deletable', c.relkind IN ('r', 'p') OR (pg_relation_is_updatable(c.oid, true) & 16) = 16
) ORDER BY n.nspname, c.relname), '[]') AS body
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = ANY($1::text[]) AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition`

// Names of types are built here rather than by format_type alone, which leaves out schemas that the search path covers.
const columns = `
WITH RECURSIVE base(oid, root, typmod, required) AS (
  SELECT t.oid, t.oid, -1, FALSE FROM pg_type t WHERE t.typtype <> 'd'
  UNION ALL
  SELECT t.oid, b.root, coalesce(nullif(t.typtypmod, -1), b.typmod), t.typnotnull OR b.required FROM pg_type t JOIN base b ON t.typbasetype = b.oid WHERE t.typtype = 'd'
)
SELECT coalesce(json_agg(json_build_object(
  'schema', n.nspname, 'table', c.relname, 'name', a.attname,
  'type', CASE WHEN tn.nspname = 'pg_catalog' AND (el.oid IS NULL OR en.nspname = 'pg_catalog') THEN format_type(a.atttypid, a.atttypmod)
    WHEN el.oid IS NOT NULL THEN format('%I.%I[]', en.nspname, el.typname)
    ELSE format('%I.%I', tn.nspname, t.typname) END,
  'base', CASE WHEN en.nspname <> 'pg_catalog' THEN format('%I.%I[]', en.nspname, el.typname) WHEN rt.typtype = 'e' OR rt.typtype = 'c' THEN format('%I.%I', rn.nspname, rt.typname) ELSE format_type(rt.oid, NULL) END,
  'group', rt.typcategory, 'form', rt.typtype,
  'nullable', NOT (a.attnotnull OR b.required),
  'hasDefault', a.atthasdef OR a.attidentity <> '' OR t.typdefault IS NOT NULL,
  'default', CASE WHEN a.attgenerated <> '' OR a.attidentity = 'a' THEN NULL
    WHEN a.attidentity = 'd' THEN format('nextval(%L::regclass)', pg_get_serial_sequence(format('%I.%I', n.nspname, c.relname), a.attname))
    WHEN d.adbin IS NOT NULL THEN pg_get_expr(d.adbin, d.adrelid)
    WHEN t.typdefaultbin IS NOT NULL THEN pg_get_expr(t.typdefaultbin, 0) END,
  'generated', a.attgenerated <> '' OR a.attidentity = 'a',
  'enumValues', (SELECT json_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = rt.oid),
  'maxLength', CASE WHEN rt.typname IN ('varchar', 'bpchar') AND coalesce(nullif(a.atttypmod, -1), b.typmod) > 4
    THEN coalesce(nullif(a.atttypmod, -1), b.typmod) - 4 END,
  'comment', col_description(c.oid, a.attnum)
) ORDER BY c.oid, a.attnum), '[]') AS body
FROM pg_attribute a
JOIN pg_class c ON c.oid = a.attrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_type t ON t.oid = a.atttypid
JOIN pg_namespace tn ON tn.oid = t.typnamespace
LEFT JOIN pg_type el ON el.oid = t.typelem AND t.typcategory = 'A'
LEFT JOIN pg_namespace en ON en.oid = el.typnamespace
JOIN base b ON b.oid = t.oid
JOIN pg_type rt ON rt.oid = b.root
JOIN pg_namespace rn ON rn.oid = rt.typnamespace
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE n.nspname = ANY($1::text[]) AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition
  AND a.attnum > 0 AND NOT a.attisdropped`

const keys = `
SELECT coalesce(json_agg(json_build_object(
  'schema', n.nspname, 'table', c.relname, 'kind', k.contype, 'name', k.conname,
  'columns', (SELECT json_agg(a.attname ORDER BY u.at) FROM unnest(k.conkey) WITH ORDINALITY u(num, at)
    JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.num),
  'foreignSchema', fn.nspname, 'foreignTable', fc.relname,
  'references', (SELECT json_agg(a.attname ORDER BY u.at) FROM unnest(k.confkey) WITH ORDINALITY u(num, at)
    JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.num)
) ORDER BY n.nspname, c.relname, k.conname), '[]') AS body
FROM pg_constraint k
JOIN pg_class c ON c.oid = k.conrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_class fc ON fc.oid = k.confrelid
LEFT JOIN pg_namespace fn ON fn.oid = fc.relnamespace
WHERE n.nspname = ANY($1::text[]) AND k.contype IN ('p', 'u', 'f') AND k.conparentid = 0 AND NOT c.relispartition`

export const catalogSql: { readonly relations: string; readonly columns: string; readonly keys: string } = { relations, columns, keys }
