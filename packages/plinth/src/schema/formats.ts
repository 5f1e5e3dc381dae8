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

export const bigintPattern = '^-?(?:0|[1-9][0-9]*)$'
export const decimalPattern = '^-?(?:0|[1-9][0-9]*)(?:\\.[0-9]+)?$'

const bigint = new RegExp(bigintPattern)
const decimal = new RegExp(decimalPattern)

engine.Format.Set('byte', isBase64)
engine.Format.Set('bigint', (text) => bigint.test(text))
engine.Format.Set('decimal', (text) => decimal.test(text))
// Told to browsers and readers of the OpenAPI page; any text is one.
engine.Format.Set('password', () => true)

/** True for a format that is checked: TypeBox lets every text pass one that it does not know. */
export function isFormat(name: string): boolean {
  return engine.Format.Has(name)
}
