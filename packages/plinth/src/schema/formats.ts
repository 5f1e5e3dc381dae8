import engine from './typebox.ts'

/** RFC 4648 §4, with padding. A loop and no expression: bytes come in megabytes, and an expression's stack does not. */
export function isBase64(text: string): boolean {
  if (text.length % 4 !== 0) return false
  let end = text.length
  if (text.endsWith('==')) end -= 2
  else if (text.endsWith('=')) end -= 1
  for (let index = 0; index < end; index++) {
    const code = text.charCodeAt(index)
    const letter = (code >= 65 && code <= 90) || (code >= 97 && code <= 122)
    if (!letter && !(code >= 48 && code <= 57) && code !== 43 && code !== 47) return false
  }
  return true
}

/** Two digits at `at` as a number; over 99 when they are none. */
function two(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 48
  const ones = text.charCodeAt(at + 1) - 48
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : 100
}

/** Days of each month of any year; a leap day is left to the full check. */
const days = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

function isPlainDay(text: string): boolean {
  if (two(text, 0) > 99 || two(text, 2) > 99 || text.charCodeAt(4) !== 45 || text.charCodeAt(7) !== 45) return false
  const day = two(text, 8)
  return day > 0 && day <= (days[two(text, 5)] ?? 0)
}

/** True for a moment as programs write it, `2026-01-28T09:30:00.000Z`: lists are full of them, and the full check is slow. */
function isPlainInstant(text: string): boolean {
  if (text[10] !== 'T' || two(text, 11) > 23 || text[13] !== ':' || two(text, 14) > 59 || text[16] !== ':' || two(text, 17) > 59)
    return false
  let end = 19
  if (text[19] === '.' && two(text, 20) < 100 && two(text, 21) < 100) end = 23
  return text[end] === 'Z' && text.length === end + 1 && isPlainDay(text)
}

export const bigintPattern = '^-?(?:0|[1-9][0-9]*)$'
export const decimalPattern = '^-?(?:0|[1-9][0-9]*)(?:\\.[0-9]+)?$'

const bigint = new RegExp(bigintPattern)
const decimal = new RegExp(decimalPattern)

const isDate = engine.Format.Get('date') ?? (() => false)
const isInstant = engine.Format.Get('date-time') ?? (() => false)

engine.Format.Set('date', (text) => (text.length === 10 && isPlainDay(text)) || isDate(text))
engine.Format.Set('date-time', (text) => isPlainInstant(text) || isInstant(text))
engine.Format.Set('byte', isBase64)
engine.Format.Set('bigint', (text) => bigint.test(text))
engine.Format.Set('decimal', (text) => decimal.test(text))
// Told to browsers and readers of the OpenAPI page; any text is one.
engine.Format.Set('password', () => true)

/** True for a format that is checked: TypeBox lets every text pass one that it does not know. */
export function isFormat(name: string): boolean {
  return engine.Format.Has(name)
}
