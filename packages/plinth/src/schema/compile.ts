import type { StandardSchemaV1 } from '@standard-schema/spec'
import { boxInput, boxReply } from './box.ts'
import type { InputCheck, Location, ReplyEncoder } from './contract.ts'
import { SchemaError } from './errors.ts'
import { isRaw, type Raw } from './shape.ts'
import { standardInput, standardReply } from './standard.ts'
import type { Schema } from './types.ts'

/** How a check of a request reads it. */
export interface InputOptions {
  /** The body came as a form: its fields are texts and files, and are coerced as a query's are. Default false. */
  readonly form?: boolean
}

const inputs = new WeakMap<object, Map<string, InputCheck>>()
const replies = new WeakMap<object, ReplyEncoder>()

/**
 * Makes a schema ready to judge one part of a request; the same schema and place give the same check. Throws
 * `SchemaError` when the schema can't be compiled or can't describe that part.
 *
 * Texts (params, query, headers, cookies, forms) become what the schema says: numbers in JSON's grammar, `true`, `false`,
 * `1`, `0`, `null`; one value where an array is declared becomes an array of one, and a repeated name is an issue where
 * none is. A Standard Schema gets the same by the JSON Schema it gives, before its own `validate`: `z.number()` works in
 * a query, `z.coerce.number()` too, but neither takes `''` for 0. A JSON body is never coerced. With `t`, missing fields
 * get their `default` and undeclared ones are dropped; Standard Schemas see to both themselves.
 */
export function inputCheck(schema: Schema, location: Location, options: InputOptions = {}): InputCheck {
  assertSchema(schema)
  const form = location === 'body' && options.form === true
  const key = form ? 'form' : location
  let known = inputs.get(schema)
  if (known === undefined) inputs.set(schema, (known = new Map()))
  let check = known.get(key)
  if (check === undefined) {
    check = isStandard(schema) ? standardInput(schema, location, form) : boxInput(schema as unknown as Raw, location, form)
    known.set(key, check)
  }
  return check
}

/**
 * Makes a schema ready to check, strip and encode a reply. Throws `SchemaError` when it can't be compiled, or can't give
 * the JSON Schema that says which fields may leave.
 */
export function replyEncoder(schema: Schema): ReplyEncoder {
  assertSchema(schema)
  let encoder = replies.get(schema)
  if (encoder === undefined) {
    encoder = isStandard(schema) ? standardReply(schema) : boxReply(schema as unknown as Raw)
    replies.set(schema, encoder)
  }
  return encoder
}

export function isStandard(schema: Schema): schema is StandardSchemaV1 {
  return '~standard' in schema
}

export function assertSchema(schema: unknown): asserts schema is Schema {
  // ArkType's schemas are functions.
  if ((isRaw(schema) || typeof schema === 'function') && ('~standard' in schema || '~kind' in schema)) return
  throw new SchemaError('This is not a schema: write one with t, or pass a Standard Schema (Zod, Valibot, ArkType)')
}
