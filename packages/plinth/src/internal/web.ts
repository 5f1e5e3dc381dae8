/**
 * The web types by name. Where neither DOM nor Node types are loaded the globals would be `any`, and every check of a reply
 * would pass in silence; there the fallback stands in.
 */
export type Web<Name extends string, Fallback> = typeof globalThis extends { [_ in Name]: { prototype: infer T } } ? T : Fallback

export interface WebResponse {
  readonly status: number
  readonly ok: boolean
  readonly bodyUsed: boolean
  arrayBuffer(): Promise<ArrayBuffer>
  text(): Promise<string>
}

export interface WebStream {
  readonly locked: boolean
  getReader(): unknown
}

export interface WebRequest {
  readonly url: string
  readonly method: string
}

/** A web request, a web response: the globals where their types are loaded. */
export type AnyRequest = Web<'Request', WebRequest>
export type AnyResponse = Web<'Response', WebResponse>
