import { DatabaseError } from './database-error.ts'

/**
 * Types that a client may cast to, as they are written into SQL. None of them looks anything up in the catalogs: `regclass` and
 * its like would tell which objects exist.
 */
const types: ReadonlySet<string> = new Set([
  ...['smallint', 'int2', 'integer', 'int', 'int4', 'bigint', 'int8', 'numeric', 'decimal', 'real', 'float4', 'float8'],
  ...['double precision', 'money', 'boolean', 'bool', 'text', 'varchar', 'character varying', 'char', 'bpchar', 'character', 'name'],
  ...['bytea', 'uuid', 'json', 'jsonb', 'xml', 'date', 'time', 'timetz', 'timestamp', 'timestamptz', 'interval'],
  ...['time with time zone', 'time without time zone', 'timestamp with time zone', 'timestamp without time zone'],
  ...['inet', 'cidr', 'macaddr', 'macaddr8', 'bit', 'varbit', 'bit varying', 'point', 'line', 'lseg', 'box', 'path', 'polygon', 'circle'],
  ...['int4range', 'int8range', 'numrange', 'tsrange', 'tstzrange', 'daterange', 'tsvector', 'tsquery', 'oid'],
  ...[
    '_int2',
    '_int4',
    '_int8',
    '_text',
    '_varchar',
    '_numeric',
    '_float4',
    '_float8',
    '_bool',
    '_uuid',
    '_date',
    '_timestamptz',
    '_jsonb',
  ],
])

/** `expression` cast to a type from the list; 42704 for any other, as if there were none. */
export function cast(expression: string, type: string | undefined): string {
  if (type === undefined) return expression
  const name = type.toLowerCase().replace(/ +/g, ' ')
  if (!types.has(name)) throw new DatabaseError('42704', `type "${type}" does not exist`)
  return `CAST(${expression} AS ${name})`
}
