import type { Column } from '../model/contract.ts'

type Json = { readonly [name: string]: unknown }

const formats: { readonly [base: string]: Json } = {
  smallint: { type: 'integer', format: 'int32' },
  integer: { type: 'integer', format: 'int32' },
  bigint: { type: 'integer', format: 'int64' },
  real: { type: 'number', format: 'float' },
  'double precision': { type: 'number', format: 'double' },
  uuid: { type: 'string', format: 'uuid' },
  date: { type: 'string', format: 'date' },
  'timestamp with time zone': { type: 'string', format: 'date-time' },
}

/** A value of a column as JSON has it. */
export function columnSchema(column: Column): Json {
  const { nullable, comment, maxLength, enumValues, generated, computed } = column
  const plain = ofBase(column.base, column.category, enumValues)
  const { type } = plain
  return {
    ...plain,
    ...(nullable && typeof type === 'string' && { type: [type, 'null'] }),
    ...(nullable && enumValues !== undefined && column.category === 'enum' && { enum: [...enumValues, null] }),
    ...(maxLength !== undefined && { maxLength }),
    ...(comment !== undefined && { description: comment }),
    ...((generated || computed !== undefined) && { readOnly: true }),
  }
}

function ofBase(base: string, category: Column['category'], values: readonly string[] | undefined): Json {
  const known = formats[base]
  if (known !== undefined) return known
  switch (category) {
    case 'number':
      return { type: 'number' }
    case 'boolean':
      return { type: 'boolean' }
    case 'array':
      return { type: 'array', items: formats[base.replace(/\[\]$/, '')] ?? {} }
    case 'enum':
      return { type: 'string', enum: values ?? [] }
    case 'json':
    case 'composite':
      return {}
    default:
      return { type: 'string' }
  }
}
