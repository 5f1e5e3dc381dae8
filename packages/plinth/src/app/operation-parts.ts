import type { JsonSchema } from '../schema/index.ts'

/** A schema as it stands in a document: a JSON Schema whose references point into `components`. */
export type SchemaObject = JsonSchema

/** A parameter of an operation (OpenAPI 3.1 §4.8.12). */
export interface ParameterObject {
  readonly name: string
  readonly in: 'path' | 'query' | 'header' | 'cookie'
  readonly required?: boolean
  readonly description?: string
  readonly deprecated?: boolean
  readonly style?: string
  readonly explode?: boolean
  readonly schema: SchemaObject
  readonly examples?: { readonly [name: string]: ExampleObject }
}

/** An example of a parameter or of a body (§4.8.19). */
export interface ExampleObject {
  readonly summary?: string
  readonly value: unknown
}

/** A body of one media type (§4.8.14). */
export interface MediaTypeObject {
  readonly schema?: SchemaObject
  readonly example?: unknown
  readonly examples?: { readonly [name: string]: ExampleObject }
  readonly encoding?: { readonly [field: string]: { readonly contentType: string } }
}

/** Bodies by their media type. */
export interface Content {
  readonly [type: string]: MediaTypeObject
}

/** What a request may send (§4.8.13). */
export interface RequestBodyObject {
  readonly description?: string
  readonly required?: boolean
  readonly content: Content
}

/** A header of an answer (§4.8.21). */
export interface HeaderObject {
  readonly description?: string
  readonly schema: SchemaObject
}

/** An answer of one status (§4.8.17). */
export interface ResponseObject {
  readonly description: string
  readonly headers?: { readonly [name: string]: HeaderObject }
  readonly content?: Content
}

/**
 * What the OpenAPI document says of a route that its schemas can't: a grammar in its query, answers whose form a header chooses.
 * In OpenAPI's own terms (3.1 §4.8.10); a schema with a `title` becomes a component of that name, shared by all that have the same.
 */
export interface OperationParts {
  readonly description?: string
  /** In the place of those of the same name and place; the others come behind. */
  readonly parameters?: readonly ParameterObject[]
  /** In the place of what the contract's `body` gives. */
  readonly requestBody?: RequestBodyObject
  /** By status, or `4XX` and `default`: over what is known of that status. */
  readonly responses?: { readonly [status: string]: Partial<ResponseObject> }
}
