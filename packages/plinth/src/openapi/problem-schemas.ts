import { problemCatalogue } from '../app/index.ts'
import { pascal } from './operation-id.ts'
import type { Schemas } from './schemas.ts'
import type { MediaTypeObject, ResponseObject, SchemaObject } from './types.ts'

export const problemType = 'application/problem+json'

/** RFC 9457 §3.1, with the catalogue's `code` beside it. */
const base: SchemaObject = {
  type: 'object',
  description: 'What went wrong, as RFC 9457 has it.',
  required: ['type', 'title', 'status', 'code'],
  properties: {
    type: { type: 'string', format: 'uri', description: 'Names the kind of problem, as `code` does.' },
    title: { type: 'string', description: 'The same for every problem of its kind.' },
    status: { type: 'integer', minimum: 400, maximum: 599 },
    code: { type: 'string', description: 'The kind of problem: stable, to tell one from another.' },
    detail: { type: 'string', description: 'What is particular to this one.' },
    instance: { type: 'string', format: 'uri-reference' },
    requestId: { type: 'string', description: 'Beside unexpected failures: names the request in the logs.' },
  },
}

const issues: SchemaObject = {
  type: 'object',
  required: ['issues'],
  properties: {
    issues: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        required: ['location', 'pointer', 'message'],
        properties: {
          location: { type: 'string', enum: ['params', 'query', 'headers', 'cookies', 'body'] },
          pointer: { type: 'string', description: 'Where in that part it is (RFC 6901); empty for the whole.' },
          message: { type: 'string' },
        },
      },
    },
  },
}

/** Problems of one status that the framework itself may answer with, as one: codes that reading a request can end in. */
const families: { readonly [name: string]: readonly string[] } = {
  MalformedRequestProblem: [
    'malformed-request',
    'malformed-path',
    'malformed-query',
    'malformed-json',
    'json-too-deep',
    'prototype-key',
    'malformed-form',
  ],
  ContentTooLargeProblem: ['body-too-large', 'too-many-fields'],
  UnsupportedMediaTypeProblem: ['unsupported-media-type', 'unsupported-encoding'],
  ValidationFailedProblem: ['validation-failed'],
}

/** What the framework answers for any route that does such things. */
export type OwnProblem = 'MalformedRequest' | 'ContentTooLarge' | 'UnsupportedMediaType' | 'ValidationFailed'
export const statusOfOwn: { readonly [name in OwnProblem]: number } = {
  MalformedRequest: 400,
  ContentTooLarge: 413,
  UnsupportedMediaType: 415,
  ValidationFailed: 422,
}
export const descriptionOfOwn: { readonly [name in OwnProblem]: string } = {
  MalformedRequest: 'The request can’t be read.',
  ContentTooLarge: 'The body is too large, or a form has too many fields.',
  UnsupportedMediaType: 'The body is of a type or coding that is not read here.',
  ValidationFailed: 'The request does not fit its contract; all that is wrong is told at once.',
}

/** Any problem at all. */
export function anyProblem(schemas: Schemas): SchemaObject {
  return schemas.add('Problem', () => base)
}

function ofCodes(schemas: Schemas, name: string, codes: readonly string[], more: readonly SchemaObject[]): SchemaObject {
  const status = problemCatalogue().get(codes[0] as string)?.status
  const code = codes.length === 1 ? { const: codes[0] } : { enum: codes }
  const properties = {
    code: { type: 'string', ...code },
    ...(status === undefined ? undefined : { status: { type: 'integer', const: status } }),
  }
  return schemas.add(name, () => ({ allOf: [anyProblem(schemas), { type: 'object', properties }, ...more] }))
}

/** One kind of the catalogue, with the parameters that its occurrences add. */
export function problemSchema(schemas: Schemas, code: string): SchemaObject {
  const name = `${pascal(code)}Problem`
  const known = Object.hasOwn(schemas.components, name)
  const params = known ? undefined : problemCatalogue().get(code)?.params
  const more = params === undefined ? undefined : schemas.of(params, 'output', `${pascal(code)}Params`)
  return ofCodes(schemas, name, [code], more === undefined ? (code === 'validation-failed' ? [issues] : []) : [more])
}

export function ownProblemSchema(schemas: Schemas, own: OwnProblem): SchemaObject {
  if (own === 'ValidationFailed') return problemSchema(schemas, 'validation-failed')
  const name = `${own}Problem`
  return ofCodes(schemas, name, families[name] ?? [], [])
}

/** What it may be in particular. */
export function codesOf(own: OwnProblem): readonly string[] {
  return families[`${own}Problem`] ?? []
}

/** The response that every route shares which can end so. */
export function ownResponse(schemas: Schemas, own: OwnProblem): ResponseObject {
  return { description: descriptionOfOwn[own], content: { [problemType]: { schema: ownProblemSchema(schemas, own) } } }
}

/** Several kinds of problems under one status. `code` tells which one it is. */
export function problemMedia(schemas: Schemas, codes: readonly string[], own: readonly OwnProblem[]): MediaTypeObject {
  const mapping: { [code: string]: string } = {}
  const oneOf: SchemaObject[] = []
  const add = (schema: SchemaObject, its: readonly string[]): void => {
    oneOf.push(schema)
    for (const code of its) mapping[code] = schema.$ref as string
  }
  for (const code of codes) add(problemSchema(schemas, code), [code])
  for (const it of own) add(ownProblemSchema(schemas, it), codesOf(it))
  if (oneOf.length === 1) return { schema: oneOf[0] as SchemaObject }
  return { schema: { oneOf, discriminator: { propertyName: 'code', mapping } } }
}
