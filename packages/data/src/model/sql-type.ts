import type { Column } from './contract.ts'
import { categoryOf } from './category.ts'

/** A type as PostgreSQL's catalogs spell it, from the spelling of DDL. */
export interface SqlType extends Pick<Column, 'type' | 'base' | 'category' | 'maxLength'> {}

const aliases: { readonly [name: string]: string } = {
  serial: 'integer',
  bigserial: 'bigint',
  smallserial: 'smallint',
  int: 'integer',
  int2: 'smallint',
  int4: 'integer',
  int8: 'bigint',
  float4: 'real',
  float8: 'double precision',
  bool: 'boolean',
  decimal: 'numeric',
  varchar: 'character varying',
  char: 'character',
  timestamptz: 'timestamp with time zone',
  timetz: 'time with time zone',
}

/** PostgreSQL's typcategory of what is not `U`, for those that come with it. */
const groups: { readonly [group: string]: RegExp } = {
  N: /^(?:smallint|integer|bigint|numeric|real|double precision|money|oid)$/,
  S: /^(?:text|character varying|character|citext|name)$/,
  B: /^boolean$/,
  D: /^(?:date|time|timestamp)/,
  T: /^interval/,
}

const ranges = /^(?:int4|int8|num|ts|tstz|date)(?:multi)?range$/

/** Reads `varchar(20)`, `numeric(10, 2)[]`, `timestamp (3) with time zone`. `kind` names an enum of the schema it is in. */
export function readSqlType(ddl: string, kind: { readonly schema: string; readonly name: string } | undefined): SqlType {
  const isArray = /\[\d*\]\s*$/.test(ddl)
  const element = kind === undefined ? elementOf(ddl.replace(/(?:\[\d*\]\s*)+$/, '').trim()) : enumType(kind)
  if (!isArray) return element
  return { type: `${element.type}[]`, base: `${element.base}[]`, category: 'array', maxLength: undefined }
}

function enumType({ schema, name }: { readonly schema: string; readonly name: string }): SqlType {
  const type = `${identifier(schema)}.${identifier(name)}`
  return { type, base: type, category: 'enum', maxLength: undefined }
}

/** As `format('%I')` would: quoted only where it has to be. */
function identifier(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) && name !== 'bit' ? name : `"${name.replaceAll('"', '""')}"`
}

function elementOf(ddl: string): SqlType {
  const match = /^([a-z_][a-z0-9_ ."]*?)\s*(?:\(\s*([^)]*?)\s*\))?((?: with(?:out)? time zone)?)$/i.exec(ddl)
  if (match === null) return { type: ddl, base: ddl, category: 'other', maxLength: undefined }
  const [, word = '', sent, zone = ''] = match
  const name = aliases[word.toLowerCase()] ?? word
  if (name === 'timestamp' || name === 'time') {
    const ending = zone === '' ? ' without time zone' : zone.toLowerCase()
    return {
      type: `${name}${sent === undefined ? '' : `(${sent})`}${ending}`,
      base: `${name}${ending}`,
      category: 'time',
      maxLength: undefined,
    }
  }
  const base = name.startsWith('interval') ? 'interval' : name
  const parameters = sent?.split(/\s*,\s*/) ?? (name === 'character' || name === 'bit' ? ['1'] : undefined)
  if (name === 'numeric' && parameters?.length === 1) parameters.push('0')
  const isText = name === 'character varying' || name === 'character'
  return {
    type: parameters === undefined ? name : `${name}(${parameters.join(',')})`,
    base,
    category: categoryOf(base, groupOf(base), ranges.test(base) ? 'r' : 'b'),
    maxLength: isText && parameters !== undefined ? Number(parameters[0]) : undefined,
  }
}

function groupOf(base: string): string {
  for (const [group, names] of Object.entries(groups)) if (names.test(base)) return group
  return 'U'
}
