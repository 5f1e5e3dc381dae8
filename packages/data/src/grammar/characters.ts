const letter = /^\p{L}$/u

/** Letters, digits, `_`, `$` and the space: what stands in a name without quotes. */
const plain: readonly boolean[] = Array.from({ length: 128 }, (_, code) => /[A-Za-z0-9_ $]/.test(String.fromCharCode(code)))

/** Whether a name may go on with the character at `at`. */
export function isNameChar(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  // Past the end `code` is NaN.
  if (code < 128) return plain[code] === true
  return code >= 128 && letter.test(String.fromCodePoint(text.codePointAt(at)!))
}

/** Offset behind the run of name characters that starts at `from`. */
export function afterNameChars(text: string, from: number): number {
  let at = from
  while (isNameChar(text, at)) at = afterCharacter(text, at)
  return at
}

/** Offset of the next character, which two UTF-16 units may make up. */
export function afterCharacter(text: string, at: number): number {
  return at + (text.codePointAt(at)! > 0xffff ? 2 : 1)
}

/** Whether an ASCII digit stands at `at`. */
export function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  return code >= 48 && code <= 57
}
