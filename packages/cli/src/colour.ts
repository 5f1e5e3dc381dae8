import type { Io, Out } from './io.ts'

type Paint = (text: string) => string

/** Marks text for people; each gives the text as it is where colours don't belong. */
export interface Colours {
  readonly bold: Paint
  readonly dim: Paint
  readonly red: Paint
  readonly green: Paint
  readonly yellow: Paint
  readonly cyan: Paint
}

/** Only on a terminal; `FORCE_COLOR` and `NO_COLOR` decide otherwise, the first of them as in Node where both are set. */
export function hasColours(out: Out, env: Io['env']): boolean {
  const forced = env['FORCE_COLOR']
  if (forced !== undefined) return forced !== '0' && forced !== 'false'
  if ((env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb') return false
  return out.isTTY === true
}

export function coloursOf(out: Out, env: Io['env']): Colours {
  const on = hasColours(out, env)
  const paint = (open: number, close: number): Paint => (on ? (text) => `\x1b[${open}m${text}\x1b[${close}m` : (text) => text)
  return {
    bold: paint(1, 22),
    dim: paint(2, 22),
    red: paint(31, 39),
    green: paint(32, 39),
    yellow: paint(33, 39),
    cyan: paint(36, 39),
  }
}
