import type { JsonSchema, RouteInfo } from '../app/index.ts'
import { type Fields, fieldsOf, isSchema, resolve } from './fields.ts'
import { isWritten, type Schemas } from './schemas.ts'
import type { Content, MediaTypeObject, RequestBodyObject } from './types.ts'
import { wireExample } from './wire-example.ts'

const binary = { type: 'string', format: 'binary' }

/** What a route's body may be sent as. Nothing where none is declared: such a route reads what comes, or nothing. */
export function requestBodyOf(route: RouteInfo, schemas: Schemas, hint: string): RequestBodyObject | undefined {
  const { body, examples } = route.contract
  const example = examples?.body === undefined ? undefined : { example: wireExample(examples.body) }
  if (body === undefined) return undefined
  if (body === 'text') return { content: { 'text/plain': { schema: { type: 'string' }, ...example } } }
  if (body === 'bytes' || body === 'stream') return { content: { 'application/octet-stream': { schema: binary } } }
  if (body === 'parts') return { required: true, content: { 'multipart/form-data': { schema: { type: 'object' }, ...example } } }
  if (!isWritten(body)) return undefined

  const json = schemas.json(body, 'input')
  const isForm = json !== undefined && fitsForm(fieldsOf(json), json)
  const schema = schemas.of(body, 'input', `${hint}Body`, isForm)
  // It validates, but says nothing of what it wants.
  if (schema === undefined || json === undefined) return { required: true, content: { 'application/json': { ...example } } }
  const media = { schema, ...example }
  return {
    ...(typeof json.description === 'string' ? { description: json.description } : undefined),
    required: true,
    content: contentOf(json, media, isForm),
  }
}

function contentOf(json: JsonSchema, media: MediaTypeObject, isForm: boolean): Content {
  const encoding = filesOf(fieldsOf(json), json)
  if (encoding !== undefined) {
    return { 'multipart/form-data': { ...media, ...(Object.keys(encoding).length > 0 ? { encoding } : undefined) } }
  }
  const content = { 'application/json': media }
  if (!isForm) return content
  return { ...content, 'application/x-www-form-urlencoded': media, 'multipart/form-data': media }
}

/** The media types that file fields ask for; `undefined` when there is no file. */
function filesOf(fields: Fields, root: JsonSchema): { [field: string]: { contentType: string } } | undefined {
  let isThere = false
  const types: { [field: string]: { contentType: string } } = {}
  for (const { name, schema } of fields.named) {
    const one = isSchema(schema.items) ? target(schema.items, root) : target(schema, root)
    if (one.format !== 'binary') continue
    isThere = true
    if (typeof one.contentMediaType === 'string') types[name] = { contentType: one.contentMediaType }
  }
  return isThere ? types : undefined
}

/** A form has named fields of text, each once or several times; an object inside an object has no form there. */
function fitsForm(fields: Fields, root: JsonSchema): boolean {
  return fields.named.length > 0 && fields.named.every(({ schema }) => isFlat(target(schema, root), root))
}

function isFlat(schema: JsonSchema, root: JsonSchema): boolean {
  // A file has no place in a urlencoded form.
  if (schema.format === 'binary') return false
  if (['properties', 'patternProperties', 'additionalProperties', 'allOf', 'prefixItems'].some((keyword) => keyword in schema)) return false
  const types = Array.isArray(schema.type) ? (schema.type as unknown[]) : [schema.type]
  if (types.includes('object')) return false
  const branches = [schema.anyOf, schema.oneOf].flat().filter(isSchema)
  if (!branches.every((branch) => isFlat(target(branch, root), root))) return false
  if (isSchema(schema.items)) {
    const items = target(schema.items, root)
    return items.type !== 'array' && isFlat(items, root)
  }
  return true
}

function target(schema: JsonSchema, root: JsonSchema): JsonSchema {
  return resolve(schema.$ref, root) ?? schema
}
