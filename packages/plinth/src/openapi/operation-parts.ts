import type { Content, OperationParts, ParameterObject, ResponseObject, RouteInfo } from '../app/index.ts'
import { reasonPhrase } from './reason-phrase.ts'
import type { Schemas } from './schemas.ts'
import type { OperationObject, Reference } from './types.ts'

/** The operation with what its contract's `openapi` says of it. */
export function withParts(operation: OperationObject, { contract }: RouteInfo, schemas: Schemas, hint: string): OperationObject {
  const { openapi } = contract
  if (openapi === undefined) return operation
  const { description, parameters, requestBody, responses }: OperationParts = typeof openapi === 'function' ? openapi() : openapi
  const placed = new Placed(schemas, hint)
  return {
    ...operation,
    ...(description === undefined ? undefined : { description }),
    ...(parameters === undefined ? undefined : { parameters: laidOver(operation.parameters ?? [], placed.parameters(parameters)) }),
    ...(requestBody === undefined ? undefined : { requestBody: { ...requestBody, content: placed.content(requestBody.content) } }),
    ...(responses === undefined ? undefined : { responses: placed.responses(operation.responses, responses) }),
  }
}

function laidOver(known: readonly ParameterObject[], given: readonly ParameterObject[]): readonly ParameterObject[] {
  const key = (it: ParameterObject): string => `${it.in} ${it.name}`
  const all = new Map(known.map((it) => [key(it), it]))
  for (const it of given) all.set(key(it), it)
  return [...all.values()]
}

/** Brings what was written for one operation to its place in the document: schemas with a title become components. */
class Placed {
  readonly #schemas: Schemas
  readonly #hint: string

  constructor(schemas: Schemas, hint: string) {
    this.#schemas = schemas
    this.#hint = hint
  }

  parameters(given: readonly ParameterObject[]): readonly ParameterObject[] {
    return given.map((it) => ({ ...it, schema: this.#schema(it.schema) }))
  }

  content(given: Content): Content {
    return Object.fromEntries(
      Object.entries(given).map(([type, media]) => [
        type,
        media.schema === undefined ? media : { ...media, schema: this.#schema(media.schema) },
      ]),
    )
  }

  responses(
    known: OperationObject['responses'],
    given: NonNullable<OperationParts['responses']>,
  ): { readonly [status: string]: ResponseObject | Reference } {
    const result: { [status: string]: ResponseObject | Reference } = { ...known }
    // It stood for successes of which nothing was known.
    if (Object.keys(given).some((status) => /^[23]/.test(status))) delete result['2XX']
    for (const [status, more] of Object.entries(given)) {
      const before = result[status]
      const { headers, content, ...said } = { ...(before === undefined || '$ref' in before ? undefined : before), ...more }
      result[status] = {
        ...said,
        description: said.description ?? reasonPhrase(Number(status)),
        ...(headers === undefined
          ? undefined
          : {
              headers: Object.fromEntries(
                Object.entries(headers).map(([name, header]) => [name, { ...header, schema: this.#schema(header.schema) }]),
              ),
            }),
        // What stood there before has been placed already.
        ...(content === undefined ? undefined : { content: more.content === undefined ? content : this.content(content) }),
      }
    }
    return result
  }

  #schema(schema: ParameterObject['schema']): ParameterObject['schema'] {
    return this.#schemas.part(schema, schema, this.#hint)
  }
}
