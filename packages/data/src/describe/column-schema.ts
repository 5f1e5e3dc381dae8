import type { SchemaObject } from 'plinth'
import type { Column } from '../model/contract.ts'

type Of = { readonly [type: string]: SchemaObject }

/** PostgreSQL's JSON has these as numbers, and nothing else: `money` and `oid` are texts there. */
const numbers: Of = {
  smallint: { type: 'integer', minimum: -32_768, maximum: 32_767 },
  integer: { type: 'integer', format: 'int32' },
  bigint: { type: 'integer', format: 'int64' },
  numeric: { type: 'number' },
  real: { type: 'number', format: 'float' },
  'double precision': { type: 'number', format: 'double' },
}

const texts: Of = {
  uuid: { type: 'string', format: 'uuid' },
  date: { type: 'string', format: 'date' },
  'timestamp with time zone': { type: 'string', format: 'date-time' },
  // Without an offset it is no date-time of RFC 3339.
  'timestamp without time zone': { type: 'string', description: 'A date and a time without a zone: `2026-01-31T12:30:00`.' },
  'time without time zone': { type: 'string', description: 'A time of day: `12:30:00`.' },
  interval: { type: 'string', description: 'A span of time: `1 day 02:00:00`.' },
  bytea: { type: 'string', description: 'Bytes in hexadecimal, behind `\\x`.' },
}

/** Types of extensions may be anything in JSON; of these it is known that they are texts. */
const textual = /^(?:inet|cidr|macaddr8?|point|line|lseg|box|path|polygon|circle|bit|bit varying|xml|money|oid|citext|ltree|vector)$/

/** The JSON of a column's values. `null` is among them where the column may be null. */
export function columnSchema(column: Column): SchemaObject {
  const schema = valueSchema(column)
  if (!column.nullable) return schema
  const { type, enum: values, ...rest } = schema
  if (type === undefined) return schema
  return { type: [type, 'null'], ...(Array.isArray(values) ? { enum: [...(values as unknown[]), null] } : undefined), ...rest }
}

/** The same without `null`. */
export function valueSchema({ base, category, enumValues, maxLength }: Column): SchemaObject {
  switch (category) {
    case 'boolean':
      return { type: 'boolean' }
    case 'enum':
      return { type: 'string', ...(enumValues === undefined ? undefined : { enum: [...enumValues] }) }
    case 'json':
    case 'composite':
      return {}
    case 'array':
      return { type: 'array', items: elementSchema(base) }
    case 'text':
      return { type: 'string', ...(maxLength === undefined ? undefined : { maxLength }) }
    case 'number':
      return numbers[base] ?? { type: 'string' }
    default:
      return texts[base] ?? (category === 'other' && !textual.test(base) ? {} : { type: 'string' })
  }
}

const booleans: ReadonlySet<string> = new Set(['boolean'])
const plainTexts: ReadonlySet<string> = new Set(['text', 'character varying', 'character', 'citext', 'name'])

/** Elements may be null, and arrays themselves: PostgreSQL's types do not count dimensions, so only a flat list is told. */
function elementSchema(base: string): SchemaObject {
  const element = base.replace(/(?:\[\])+$/, '').replace(/\(.*\)$/, '')
  const schema = booleans.has(element)
    ? { type: 'boolean' }
    : plainTexts.has(element)
      ? { type: 'string' }
      : (numbers[element] ?? texts[element] ?? (textual.test(element) ? { type: 'string' } : undefined))
  return schema?.type === undefined ? {} : { ...schema, type: [schema.type as string, 'null'] }
}

/** One value of a column as a filter or a body would have it. */
export function exampleOf(column: Column): unknown {
  const { base, category, enumValues } = column
  if (enumValues !== undefined && enumValues.length > 0) return enumValues[0]
  switch (category) {
    case 'boolean':
      return true
    case 'number':
      return numbers[base] === undefined ? '1' : 1
    case 'json':
      return { key: 'value' }
    case 'array':
      return []
    case 'range':
      return base.startsWith('int') || base.startsWith('num') ? '[1,5)' : '[2026-01-01,2026-02-01)'
    case 'time':
      return times[base] ?? '2026-01-31'
    default:
      return base === 'uuid' ? '00000000-0000-4000-8000-000000000000' : 'text'
  }
}

const times: { readonly [type: string]: string } = {
  date: '2026-01-31',
  'timestamp with time zone': '2026-01-31T12:30:00Z',
  'timestamp without time zone': '2026-01-31T12:30:00',
  'time with time zone': '12:30:00Z',
  'time without time zone': '12:30:00',
  interval: '1 day',
}
