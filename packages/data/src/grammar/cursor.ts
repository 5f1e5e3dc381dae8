import { afterCharacter, isNameChar } from './characters.ts'
import { PostgrestError } from './postgrest-error.ts'
import type { Budget } from './budget.ts'

/** The text of an error repeats what was sent; a hostile request need not be sent back whole. */
const MAX_ECHO = 200
const MAX_WORD = 40

/** A place in the text of one parameter. The parsers move it forward only, so that each is linear in its text. */
export class Cursor {
  readonly text: string
  /** What this request may still ask for. */
  readonly budget: Budget
  /** Offset of the next character, in UTF-16 units. */
  at = 0
  readonly #what: string

  /** `what` completes "failed to parse …". */
  constructor(text: string, what: string, budget: Budget) {
    this.text = text
    this.#what = what
    this.budget = budget
  }

  get done(): boolean {
    return this.at >= this.text.length
  }

  /** Whether `text` comes next. */
  sees(text: string): boolean {
    return this.text.startsWith(text, this.at)
  }

  /** Passes `text` if it comes next. */
  eats(text: string): boolean {
    if (!this.text.startsWith(text, this.at)) return false
    this.at += text.length
    return true
  }

  expect(text: string): void {
    if (!this.eats(text)) this.fail(`"${text}"`)
  }

  skipBlanks(): void {
    this.at = afterBlanks(this.text, this.at)
  }

  expectEnd(expected = 'end of input'): void {
    if (!this.done) this.fail(expected)
  }

  /** Throws PGRST100: something else than `expected` stands here. */
  fail(expected: string, at: number = this.at): never {
    throw this.error(`unexpected ${this.#found(at)} expecting ${expected}`, at)
  }

  /** PGRST100 at a place of this text, with details of its own. */
  error(details: string, at: number = this.at): PostgrestError {
    const { line, column } = position(this.text, at)
    return new PostgrestError('PGRST100', `"failed to parse ${this.#what} (${echo(this.text)})" (line ${line}, column ${column})`, details)
  }

  /** What stands there, as a reader would name it: a whole word rather than its first letter. */
  #found(at: number): string {
    if (at >= this.text.length) return 'end of input'
    let end = at
    while (end - at < MAX_WORD && this.text.charCodeAt(end) !== 32 && isNameChar(this.text, end)) end = afterCharacter(this.text, end)
    return `"${this.text.slice(at, end === at ? afterCharacter(this.text, at) : end)}"`
  }
}

function echo(text: string): string {
  if (text.length <= MAX_ECHO) return text
  // Not through the middle of a surrogate pair.
  const end = afterCharacter(text, MAX_ECHO - 1) > MAX_ECHO ? MAX_ECHO - 1 : MAX_ECHO
  return `${text.slice(0, end)}…`
}

/** Spaces and tabs, nothing else, may stand around names, commas and parentheses. */
export function afterBlanks(text: string, from: number): number {
  let at = from
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code !== 32 && code !== 9) break
  }
  return at
}

/** Counted from 1, in characters rather than UTF-16 units. */
function position(text: string, at: number): { line: number; column: number } {
  let line = 1
  let column = 1
  for (const character of text.slice(0, at)) {
    if (character === '\n') {
      line++
      column = 1
    } else column++
  }
  return { line, column }
}
