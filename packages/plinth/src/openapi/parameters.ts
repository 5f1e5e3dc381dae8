import type { JsonSchema, RouteInfo, Schema } from '../app/index.ts'
import { type Fields, fieldsOf, type FieldSchema } from './fields.ts'
import type { OperationPath } from './operation-paths.ts'
import type { Schemas } from './schemas.ts'
import { capital } from './operation-id.ts'
import type { ParameterObject, SchemaObject } from './types.ts'

/** OpenAPI 3.1 §4.8.12.2.1: definitions of these are ignored, since bodies and security describe them. */
const described: ReadonlySet<string> = new Set(['accept', 'content-type', 'authorization'])

interface Described {
  readonly json: JsonSchema
  readonly fields: Fields
}

/** Everything outside the body that a route reads, one by one: path, query, headers, cookies. */
export function parametersOf(route: RouteInfo, path: OperationPath, schemas: Schemas, hint: string): readonly ParameterObject[] {
  const { query, headers, cookies } = route.contract
  return [
    ...pathParameters(route, path, schemas, hint),
    ...fieldParameters('query', query, schemas, hint),
    ...fieldParameters('header', headers, schemas, hint),
    ...idempotencyKey(route),
    ...fieldParameters('cookie', cookies, schemas, hint),
  ]
}

function idempotencyKey({ contract: { idempotent = false } }: RouteInfo): readonly ParameterObject[] {
  if (idempotent === false) return []
  return [
    {
      name: 'Idempotency-Key',
      in: 'header',
      required: idempotent === 'required',
      description: 'A value of your own making, a UUID say. The same request with the same key has one effect and gets the same answer.',
      schema: { type: 'string', minLength: 1, maxLength: 255 },
    },
  ]
}

function describedBy(schema: Schema | undefined, schemas: Schemas): Described | undefined {
  const json = schema === undefined ? undefined : schemas.json(schema, 'input')
  return json === undefined ? undefined : { json, fields: fieldsOf(json) }
}

function pathParameters(route: RouteInfo, path: OperationPath, schemas: Schemas, hint: string): readonly ParameterObject[] {
  const known = describedBy(route.contract.params, schemas)
  return path.parameters.map(({ name, own, wildcard }) => {
    const field = known?.fields.named.find((it) => it.name === own)
    const schema =
      field === undefined || known === undefined ? { type: 'string' } : schemas.part(field.schema, known.json, hint + capital(own))
    const made = parameter({ name, in: 'path', required: true }, schema)
    if (!wildcard || made.description !== undefined) return made
    return { ...made, description: 'The rest of the path, which may have several segments.' }
  })
}

function fieldParameters(
  place: 'query' | 'header' | 'cookie',
  schema: Schema | undefined,
  schemas: Schemas,
  hint: string,
): readonly ParameterObject[] {
  if (schema === undefined) return []
  const known = describedBy(schema, schemas)
  if (known === undefined) return place === 'query' ? [freeQuery({})] : []
  const { named, others } = known.fields
  const listed = named.filter((it) => place !== 'header' || !described.has(it.name.toLowerCase()))
  const result = listed.map((field) => fieldParameter(place, field, schemas.part(field.schema, known.json, hint + capital(field.name))))
  if (others !== undefined && place === 'query') result.push(freeQuery(schemas.part(others, known.json, hint)))
  return result
}

function fieldParameter(place: 'query' | 'header' | 'cookie', field: FieldSchema, schema: SchemaObject): ParameterObject {
  const isList = field.schema.type === 'array'
  const head = { name: field.name, in: place, ...(field.required ? { required: true } : undefined) }
  // In a header a list is one line, with commas (RFC 9110 §5.6.1).
  return parameter(isList && place === 'query' ? { ...head, style: 'form', explode: true } : head, schema)
}

/** Names that nobody listed: a form of an object, spread over the query. The parameter's own name never appears in a URL. */
function freeQuery(values: SchemaObject): ParameterObject {
  return {
    name: 'others',
    in: 'query',
    description: 'Further parameters, by any name.',
    style: 'form',
    explode: true,
    schema: { type: 'object', additionalProperties: Object.keys(values).length === 0 ? true : values },
  }
}

/** What the schema says of the parameter as a whole stands beside it, where readers and generators of clients look for it. */
function parameter(head: Omit<ParameterObject, 'schema'>, schema: SchemaObject): ParameterObject {
  if ('$ref' in schema) return { ...head, schema }
  const { description, deprecated, examples, ...rest } = schema
  return {
    ...head,
    ...(typeof description === 'string' ? { description } : undefined),
    ...(deprecated === true ? { deprecated } : undefined),
    schema: rest,
    ...(Array.isArray(examples) && examples.length > 0
      ? { examples: Object.fromEntries(examples.map((value: unknown, index) => [`example${index + 1}`, { value }])) }
      : undefined),
  }
}
