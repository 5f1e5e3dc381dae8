import { problemCatalogue } from '../../app/index.ts'
import { reasonPhrases } from './reason-phrases.ts'

/** The codes of the problem catalogue that the parser answers with. */
export type RefusalCode =
  | 'malformed-request'
  | 'request-timeout'
  | 'body-too-large'
  | 'target-too-long'
  | 'expectation-failed'
  | 'misdirected-request'
  | 'headers-too-large'
  | 'not-implemented'
  | 'version-not-supported'
  | 'overloaded'

/** Thrown by the parser: the request will not be dispatched, and the connection ends behind the answer. No `Error`: a stack costs, and attackers ask often. */
export class Refusal {
  readonly code: RefusalCode
  /** For logs and tests; one of our own words, never what was sent. Clients get the code alone. */
  readonly reason: string

  constructor(code: RefusalCode, reason: string) {
    this.code = code
    this.reason = reason
  }
}

export function malformed(reason: string): Refusal {
  return new Refusal('malformed-request', reason)
}

export function tooLarge(reason: string): Refusal {
  return new Refusal('headers-too-large', reason)
}

/** What is said to a refused request, a fixed text for each code: no echo of input, no version, no stack. */
export function refusalBody(code: RefusalCode): { readonly status: number; readonly body: string } {
  const { status = 400, title } = problemCatalogue().get(code) ?? {}
  return { status, body: JSON.stringify({ type: `urn:problem-type:${code}`, title, status, code }) }
}

/** The same as a whole answer. */
export function refusalText(code: RefusalCode, date: string): string {
  const { status, body } = refusalBody(code)
  return (
    `HTTP/1.1 ${status} ${reasonPhrases.get(status)}\r\ncontent-type: application/problem+json; charset=utf-8\r\n` +
    `x-content-type-options: nosniff\r\n${date}content-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`
  )
}
