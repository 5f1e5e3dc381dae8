import type { SnapshotColumn } from './snapshot.ts'
import { template, text } from './literals.ts'

export interface TypeContext {
  /** Notes an import and gives it back. */
  readonly use: (name: string) => string
  /** Variables of enums by `schema.name`. */
  readonly enums: ReadonlyMap<string, string>
  readonly notes: string[]
}

/** Types that have a function of the same kind, with what it is given. */
const simple: { readonly [type: string]: readonly [make: string, ...options: string[]] } = {
  bigint: ['bigint', `mode: 'bigint'`],
  boolean: ['boolean'],
  cidr: ['cidr'],
  date: ['date'],
  'double precision': ['doublePrecision'],
  inet: ['inet'],
  integer: ['integer'],
  interval: ['interval'],
  json: ['json'],
  jsonb: ['jsonb'],
  line: ['line'],
  macaddr: ['macaddr'],
  macaddr8: ['macaddr8'],
  numeric: ['numeric'],
  point: ['point'],
  real: ['real'],
  smallint: ['smallint'],
  text: ['text'],
  'time without time zone': ['time'],
  'time with time zone': ['time', 'withTimezone: true'],
  'timestamp without time zone': ['timestamp'],
  'timestamp with time zone': ['timestamp', 'withTimezone: true'],
  uuid: ['uuid'],
  'character varying': ['varchar'],
  character: ['char'],
}

const serials: { readonly [type: string]: string } = { integer: 'serial', bigint: 'bigserial', smallint: 'smallserial' }

/** One column as Drizzle writes it. `member` is how the schema calls it. */
export function columnText(column: SnapshotColumn, member: string, context: TypeContext, place: string): string {
  const { use } = context
  const serial =
    typeof column.default === 'string' && column.notNull && /^nextval\('.*_seq'::regclass\)$/.test(column.default)
      ? serials[column.type]
      : undefined
  const dimensions = (/(?:\[\])+$/.exec(column.type)?.[0].length ?? 0) / 2
  const bare = column.type.replace(/(?:\[\])+$/, '')
  let result =
    serial === undefined
      ? typeText(column, bare, member, context, place)
      : called(use(serial), column, member, serial === 'bigserial' ? [`mode: 'bigint'`] : [])
  for (let i = 0; i < dimensions; i++) result += '.array()'
  if (column.primaryKey) result += '.primaryKey()'
  else if (column.notNull && serial === undefined) result += '.notNull()'
  if (column.identity !== undefined) result += identityText(column.identity)
  if (column.generated !== undefined) result += `.generatedAlwaysAs(${use('sql')}\`${template(column.generated.as)}\`)`
  if (column.default !== undefined && serial === undefined) {
    // Values of these are strings in Drizzle too.
    const isText = (column.typeSchema !== undefined && dimensions === 0) || /^(?:text|character|date|uuid)\b[^[]*$/.test(column.type)
    result += defaultText(String(column.default), column.type, isText, use)
  }
  return result
}

function called(make: string, column: SnapshotColumn, member: string, options: readonly string[]): string {
  const given = [...(column.name === member ? [] : [text(column.name)]), ...(options.length === 0 ? [] : [`{ ${options.join(', ')} }`])]
  return `${make}(${given.join(', ')})`
}

function typeText(column: SnapshotColumn, bare: string, member: string, context: TypeContext, place: string): string {
  const { use, enums, notes } = context
  const enumOf = column.typeSchema === undefined ? undefined : enums.get(`${column.typeSchema}.${bare}`)
  if (enumOf !== undefined) return called(enumOf, column, member, [])
  // `timestamp(3) with time zone`, `numeric(10,2)`, `character varying(20)`.
  const numbers = /\(([\d,]+)\)/.exec(bare)?.[1]?.split(',') ?? []
  const known = simple[bare.replace(/\([\d,]+\)/, '')]
  if (known === undefined) {
    // drizzle-kit quotes the whole of what it does not know, so a schema in it would become a part of the name.
    const [, schema, type = bare] = /^("[^"]+"|\w+)\.(.+)$/.exec(bare) ?? []
    if (schema !== undefined && schema !== 'public')
      notes.push(`${place} has the type ${bare}; drizzle-kit finds it only with ${schema} in the search path`)
    const custom = `${use('customType')}<{ data: unknown }>({ dataType: () => ${text(type.replace(/^"(.*)"$/, '$1'))} })`
    return `${custom}(${column.name === member ? '' : text(column.name)})`
  }
  const [make, ...options] = known
  const [first, second] = numbers
  const sized =
    first === undefined
      ? []
      : make === 'varchar' || make === 'char'
        ? [`length: ${first}`]
        : make === 'numeric' && second !== undefined && second !== '0'
          ? [`precision: ${first}`, `scale: ${second}`]
          : make === 'numeric' || make.startsWith('time')
            ? [`precision: ${first}`]
            : []
  return called(use(make), column, member, [...options, ...sized])
}

function identityText({ type, ...options }: NonNullable<SnapshotColumn['identity']>): string {
  const given = [
    `name: ${text(options.name)}`,
    ...(['increment', 'startWith', 'minValue', 'maxValue', 'cache'] as const).flatMap((key) =>
      options[key] === undefined ? [] : [`${key}: ${text(options[key])}`],
    ),
    ...(options.cycle ? ['cycle: true'] : []),
  ]
  return `.generated${type === 'always' ? 'Always' : 'ByDefault'}AsIdentity({ ${given.join(', ')} })`
}

function defaultText(value: string, type: string, isText: boolean, use: (name: string) => string): string {
  if (/^(?:true|false)$/.test(value)) return `.default(${value})`
  if (/^-?\d+$/.test(value) && Number.isSafeInteger(Number(value)) && /^(?:integer|smallint|real|double precision)$/.test(type))
    return `.default(${value})`
  const literal = /^'((?:[^']|'')*)'::[\w. "()]+$/.exec(value)?.[1]
  if (literal !== undefined && !literal.includes('\\') && isText) return `.default(${text(literal.replaceAll("''", "'"))})`
  if (value === 'now()' && /^(?:timestamp|date|time)/.test(type)) return '.defaultNow()'
  if (value === 'gen_random_uuid()' && type === 'uuid') return '.defaultRandom()'
  return `.default(${use('sql')}\`${template(value)}\`)`
}
