import { readFileSync } from 'node:fs'

/** Where something is, counted from 1. */
export interface Place {
  readonly path: string
  readonly line: number
  readonly column: number
}

/** The lines around a place. */
export interface Frame {
  readonly line: number
  readonly column: number
  readonly lines: readonly { readonly number: number; readonly text: string }[]
}

const AROUND = 3
const LONGEST = 200

/** Undefined where the file can't be read or has no such line. */
export function frameOf({ path, line, column }: Place): Frame | undefined {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
  const all = text.split(/\r?\n/)
  if (line < 1 || line > all.length) return undefined
  const first = Math.max(1, line - AROUND)
  const lines = all
    .slice(first - 1, line + AROUND)
    .map((it, i) => ({ number: first + i, text: it.slice(0, LONGEST).replaceAll('\t', ' ') }))
  while (lines.length > 0 && lines.at(-1)?.text.trim() === '' && (lines.at(-1)?.number ?? 0) > line) lines.pop()
  return { line, column, lines }
}

/** As text: the line marked, the column under it. */
export function frameText(frame: Frame, mark: (text: string) => string = (text) => text): string {
  const width = String(frame.lines.at(-1)?.number ?? 0).length
  return frame.lines
    .map(({ number, text }) => {
      const row = `${number === frame.line ? '>' : ' '} ${String(number).padStart(width)} | ${text}`.trimEnd()
      if (number !== frame.line) return row
      return `${mark(row)}\n  ${' '.repeat(width)} | ${' '.repeat(Math.max(0, Math.min(frame.column, LONGEST) - 1))}${mark('^')}`
    })
    .join('\n')
}
