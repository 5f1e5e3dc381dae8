import { equal, within } from './transport-expect.ts'

/** Sends a request to the application under test; `path` begins with `/`. */
export type Ask = (path: string, init?: RequestInit & { duplex?: 'half' }) => Promise<Response>

/**
 * What a transport or its platform may lack, each with the cases that it costs:
 * `peer`, `port`: the address, the port of who is asking. `env`: the platform passes bindings to its handlers. `any-method`: methods that the
 * platform does not know reach us. `head-length`: the length that an answer to HEAD announces. `broken`: an answer that fails on its way
 * is broken off. `latin`: header values outside ASCII leave as Latin-1. `gone`: a client that goes away is noticed. `plain`: it is asked
 * without TLS.
 */
export type Lack = 'peer' | 'port' | 'env' | 'any-method' | 'head-length' | 'broken' | 'latin' | 'gone' | 'plain'

/** Something that every transport must do. `run` rejects with what it got instead. */
export interface TransportCase {
  readonly name: string
  readonly needs?: Lack
  run(ask: Ask): Promise<void>
}

let count = 0
/** A key for `/life/…` that no other case has. */
export function freshKey(): string {
  return `k${Date.now().toString(36)}${(++count).toString(36)}`
}

/** Polls until a request has left this note: on Workers no request may wait for another's promise. */
export async function noteOf(ask: Ask, key: string, wanted: string, ms = 3_000): Promise<void> {
  const until = Date.now() + ms
  let note: unknown
  while (Date.now() < until) {
    note = ((await (await ask(`/life/notes/${encodeURIComponent(key)}`)).json()) as { note: unknown }).note
    if (note === wanted) return
    await new Promise((done) => setTimeout(done, 10))
  }
  equal(note, wanted, `the note ${key}`)
}

export async function json(answer: Response): Promise<unknown> {
  return answer.json()
}

export function post(body: BodyInit, type?: string, headers: { readonly [name: string]: string } = {}): RequestInit {
  return { method: 'POST', body, headers: type === undefined ? headers : { 'content-type': type, ...headers } }
}

export async function bytesOf(answer: Response): Promise<Uint8Array> {
  return new Uint8Array(await within(20_000, answer.arrayBuffer(), 'the body'))
}
