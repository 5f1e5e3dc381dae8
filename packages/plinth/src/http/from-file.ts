import type { Incoming } from '../contract.ts'
import { Answer } from './answer.ts'
import type { FileAnswer } from './file.ts'
export async function fromFile(_file: FileAnswer, _incoming: Incoming, _headers: readonly string[]): Promise<Answer> { throw new Error('files are not wired yet') }
