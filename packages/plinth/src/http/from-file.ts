import type { Incoming } from '../contract.ts'
import { Answer } from './answer.ts'
import type { FileAnswer } from './file.ts'
import { problem } from './problem.ts'

/** A file as an answer, by the request's conditions and ranges. Loaded on first use: an application without files starts without it. */
export async function fromFile(file: FileAnswer, incoming: Incoming, headers: readonly string[]): Promise<Answer> {
  const { serveFile } = await import('./static-file.ts')
  const served = await serveFile(file.path, incoming, file.options)
  if (served === undefined) throw problem('not-found')
  return new Answer(served.status, [...served.headers, ...headers], served.body)
}
