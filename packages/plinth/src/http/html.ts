/** Text that is HTML already: `html` puts it in as it is, and as an answer it leaves as `text/html`. */
export class Html {
  declare readonly '~html': true
  readonly text: string

  constructor(text: string) {
    this.text = text
  }

  toString(): string {
    return this.text
  }
}

/** What `html` can show. `null`, `undefined` and booleans show nothing, so that `${admin && html`…`}` reads well. */
export type HtmlValue = string | number | bigint | boolean | null | undefined | Html | readonly HtmlValue[]

/**
 * HTML from a template. Every value is escaped, safe as an element's text and inside a quoted attribute; nested `html` and
 * arrays of it go in as they are.
 *
 * No escaping helps in these places, so put no input there: an attribute without quotes, the inside of `<script>` or
 * `<style>`, an `on…` attribute, and a whole URL (`href="${url}"` runs `javascript:`; check it with `redirectTarget`).
 *
 * ```ts
 * html`<p title="${title}">${comments.map((comment) => html`<li>${comment}</li>`)}</p>`
 * ```
 * Throws `TypeError` for a value it can't show, a plain object or a function: `[object Object]` is nobody's intent.
 */
export function html(strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  let text = strings[0] ?? ''
  for (let index = 0; index < values.length; index++) text += show(values[index]) + (strings[index + 1] ?? '')
  return new Html(text)
}

/** Marks text as HTML without looking at it. Never use it on anything that a user wrote. */
export function raw(text: string): Html {
  return new Html(text)
}

function show(value: HtmlValue): string {
  if (typeof value === 'string') return escapeHtml(value)
  if (value === null || value === undefined || typeof value === 'boolean') return ''
  if (typeof value === 'number' || typeof value === 'bigint') return String(value)
  if (value instanceof Html) return value.text
  if (Array.isArray(value)) return value.map(show).join('')
  throw new TypeError('html`…` shows strings, numbers, other html`…` and arrays of these. Turn other values into one of them first.')
}

const special = /[&<>"']/
const everySpecial = /[&<>"']/g
const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** Escapes `& < > " '`: enough for an element's text and for attributes in either kind of quotes. */
export function escapeHtml(text: string): string {
  return special.test(text) ? text.replace(everySpecial, (character) => entities[character] ?? '') : text
}
