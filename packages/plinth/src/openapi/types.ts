import type { AnyGuard, ParameterObject, RequestBodyObject, ResponseObject, SchemaObject } from '../app/index.ts'

export type {
  Content,
  ExampleObject,
  HeaderObject,
  MediaTypeObject,
  ParameterObject,
  RequestBodyObject,
  ResponseObject,
  SchemaObject,
} from '../app/index.ts'

/** A server that answers the paths of the document. */
export interface OpenapiServer {
  readonly url: string
  readonly description?: string
}

/** A security scheme as OpenAPI 3.1 §4.8.27 has it: `{ type: 'http', scheme: 'bearer' }`, say. */
export interface SecurityScheme {
  readonly type: 'apiKey' | 'http' | 'mutualTLS' | 'oauth2' | 'openIdConnect'
  readonly [field: string]: unknown
}

/** What the routes themselves don't say. */
export interface DocumentOptions {
  /** Default: the application's name. */
  readonly title?: string
  /** Of the API, not of OpenAPI. Default `0.0.0`; a document of one API version has that version instead. */
  readonly version?: string
  readonly summary?: string
  /** CommonMark. */
  readonly description?: string
  readonly license?: { readonly name: string; readonly identifier?: string; readonly url?: string }
  readonly contact?: { readonly name?: string; readonly url?: string; readonly email?: string }
  /** Default: `/`, the server that the document came from. */
  readonly servers?: readonly OpenapiServer[]
  /** What each tag stands for; the document lists tags in this order, others behind them. */
  readonly tags?: { readonly [tag: string]: string }
  /** By the names that guards give in `security`. `bearer` and `basic` are known. */
  readonly securitySchemes?: { readonly [name: string]: SecurityScheme }
  /** The version whose routes `/openapi.json` shows beside those without one. Default: the newest, as numbers compare. */
  readonly current?: string
}

/** Who sees a page: everybody, nobody, or whom the guards let pass. */
export type Access = boolean | { readonly guards: readonly AnyGuard[] }

/** Settings of {@link openapi}. */
export interface OpenapiOptions extends DocumentOptions {
  /** The page `/docs`. Default: everybody in development and tests, nobody in production. */
  readonly docs?: Access
  /** The documents. Default: as `docs`. */
  readonly document?: Access
}

export interface Reference {
  readonly $ref: string
}

export interface OperationObject {
  readonly operationId: string
  readonly summary?: string
  readonly description?: string
  readonly tags?: readonly string[]
  readonly deprecated?: boolean
  /** The date from which it may be gone, as the `Sunset` header has it. */
  readonly 'x-sunset'?: string
  readonly parameters?: readonly ParameterObject[]
  readonly requestBody?: RequestBodyObject
  readonly responses: { readonly [status: string]: ResponseObject | Reference }
  readonly security: readonly { readonly [scheme: string]: readonly string[] }[]
}

export interface ComponentsObject {
  readonly schemas?: { readonly [name: string]: SchemaObject }
  readonly responses?: { readonly [name: string]: ResponseObject }
  readonly securitySchemes?: { readonly [name: string]: SecurityScheme }
}

/** An OpenAPI 3.1 document, as far as one is made here. */
export interface OpenapiDocument {
  readonly openapi: '3.1.1'
  readonly info: {
    readonly title: string
    readonly version: string
    readonly summary?: string
    readonly description?: string
    readonly license?: DocumentOptions['license']
    readonly contact?: DocumentOptions['contact']
  }
  readonly servers: readonly OpenapiServer[]
  readonly tags?: readonly { readonly name: string; readonly description?: string }[]
  readonly paths: { readonly [path: string]: { readonly [method: string]: OperationObject } }
  readonly components?: ComponentsObject
}
