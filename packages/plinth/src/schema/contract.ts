/** Where in a request a value came from. */
export type Location = 'params' | 'query' | 'headers' | 'cookies' | 'body'

/** One thing that is wrong with a value. `message` never repeats the value. */
export interface Issue {
  readonly location: Location | 'reply'
  /** RFC 6901 pointer into the value: `/email`, `/items/0/price`; `''` is the whole of it. */
  readonly pointer: string
  readonly message: string
}

/** The outcome of a check: the value made ready, or every issue. */
export type Checked = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly issues: readonly Issue[] }

/** A JSON Schema (2020-12) as it appears in OpenAPI. */
export type JsonSchema = { readonly [keyword: string]: unknown }

/** A schema made ready, at build, to judge one part of a request. */
export interface InputCheck {
  /** All issues at once. A promise only for a Standard Schema that validates asynchronously. */
  check(value: unknown): Checked | Promise<Checked>
  /** What the client sends; `undefined` when the schema can't say. */
  readonly json: JsonSchema | undefined
}

/** A schema made ready, at build, to check, strip and encode one reply. */
export interface ReplyEncoder {
  /** The JSON text of `value`: undeclared fields gone, codecs applied. Throws `ReplyMismatch` with every issue. */
  encode(value: unknown): string
  /** The plain JSON value that `encode` would write. */
  plain(value: unknown): unknown
  readonly json: JsonSchema
}
