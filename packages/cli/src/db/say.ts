import { coloursOf } from '../colour.ts'
import type { Io } from '../io.ts'
import type { Loss } from './data-kit.ts'

/** One line of a statement is enough to know it; the rest is shown where it is one. */
export function statementText(statement: string, io: Io): string {
  const { dim } = coloursOf(io.stderr, io.env)
  return statement
    .trim()
    .split('\n')
    .map((line, i) => `  ${i === 0 ? line : dim(line)}\n`)
    .join('')
}

export function lossText(losses: readonly Loss[], io: Io): string {
  const { red } = coloursOf(io.stderr, io.env)
  return losses.map((it) => `  ${red('−')} ${it.what}\n`).join('')
}

export const counted = (count: number, one: string, several: string = `${one}s`): string => `${count} ${count === 1 ? one : several}`
