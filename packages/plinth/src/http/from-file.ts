import type { Incoming } from '../contract.ts'
import { Answer } from './answer.ts'
import type { FileAnswer } from './file.ts'
import { problem } from './problem.ts'

/**
 * A file as an answer; its own headers win over those of the route. Rejects with a `Problem`: 404 where there is no such file,
 * 412 and 416 when conditions or the range don't hold.
 */
export async function fromFile(file: FileAnswer, incoming: Incoming, routeHeaders: readonly string[]): Promise<Answer> {
  // On first use: what reads files is a third of this folder, and most applications answer none.
  const { serveFile } = await import('./static-file.ts')
  const served = await serveFile(file.path, incoming, file.options)
  if (served === undefined) throw problem('not-found')
  const { status, headers, body } = served
  if (status === 412) throw problem('precondition-failed')
  if (status === 416) throw problem('range-not-satisfiable', undefined, { headers: { 'content-range': headers.at(-1) ?? '' } })
  const answer = new Answer(status, routeHeaders, body)
  for (let at = 0; at < headers.length; at += 2) {
    const name = headers[at] ?? ''
    if (name === 'vary') answer.merge(name, headers[at + 1] ?? '')
    else answer.set(name, headers[at + 1] ?? '')
  }
  return answer
}
