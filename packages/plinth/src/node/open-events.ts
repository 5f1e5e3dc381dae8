import { fieldOf } from './field-of.ts'

/** Event streams end only when somebody ends them: each tells here how, for a server that closes. */
export type OpenEvents = Set<() => void>

/** Why the signal of an event stream aborts when its server closes. */
export class ServerClosing extends Error {
  override readonly name: string = 'ServerClosing'
  constructor() {
    super('the server is closing')
  }
}

/** Whether an answer with these header fields goes on until somebody ends it. */
export function isEvents(headers: readonly string[]): boolean {
  const type = fieldOf(headers, 'content-type') ?? ''
  return type.startsWith('text/event-stream') || type.startsWith('application/x-ndjson')
}
