import type { Fragment } from '../fragment.ts'

/** One statement of SQL and what is bound to `$1`, `$2`, … */
export interface Statement {
  readonly text: string
  readonly values: readonly unknown[]
}

/** Numbers the values of one statement. What is added must be used, since PostgreSQL wants to know a type for each. */
export class Values {
  readonly list: unknown[] = []

  /** The place for `value`: `$n`. */
  add(value: unknown): string {
    this.list.push(value)
    return `$${this.list.length}`
  }

  /** The text of a fragment with its values in it. */
  fragment({ texts, values }: Fragment): string {
    let text = texts[0] ?? ''
    for (let at = 0; at < values.length; at++) text += this.add(values[at]) + (texts[at + 1] ?? '')
    return text
  }
}
