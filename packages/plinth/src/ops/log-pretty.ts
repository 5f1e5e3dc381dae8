import type { Fields } from './log-fields.ts'
import type { LineWriter, LogLevel, Sink } from './log-sink.ts'

const colours: { readonly [L in LogLevel]: string } = { debug: '36', info: '32', warn: '33', error: '31' }
const MAX_VALUE = 200

/** For a person at a terminal: time, level, message, then the fields; an error's stack below, indented. */
export class PrettySink implements Sink {
  readonly #to: LineWriter
  readonly #colour: boolean

  constructor(to: LineWriter, colour: boolean) {
    this.#to = to
    this.#colour = colour
  }

  write(level: LogLevel, fields: Fields, message: string | undefined): void {
    this.#to.write(`${this.format(level, Date.now(), fields, message)}\n`)
  }

  format(level: LogLevel, time: number, fields: Fields, message: string | undefined): string {
    const { err, ...rest } = fields
    const at = new Date(time).toTimeString().slice(0, 8)
    const parts = [this.#paint('2', at), this.#paint(colours[level], level.padEnd(5))]
    if (message !== undefined) parts.push(visible(message))
    for (const [name, value] of Object.entries(rest)) {
      if (value !== undefined) parts.push(`${this.#paint('2', `${visible(name)}=`)}${short(value)}`)
    }
    return parts.join(' ') + this.#error(err, '  ', 'error')
  }

  #error(err: unknown, indent: string, label: string): string {
    if (err === undefined) return ''
    if (typeof err !== 'object' || err === null) return ` ${label}=${short(err)}`
    const { type, message, stack, cause, errors, ...rest } = err as Fields
    const lines = typeof stack === 'string' ? stack.split('\n') : [`${String(type)}: ${String(message)}`]
    let text = lines
      .map((line, i) => `\n${indent}${i === 0 ? this.#paint('31', visible(line)) : this.#paint('2', visible(line.trim()))}`)
      .join('')
    for (const [name, value] of Object.entries(rest)) text += `\n${indent}${this.#paint('2', `${visible(name)}=`)}${short(value)}`
    if (cause !== undefined) text += `\n${indent}caused by${this.#error(cause, `${indent}  `, 'cause')}`
    if (Array.isArray(errors)) for (const one of errors) text += this.#error(one, `${indent}  `, 'one')
    return text
  }

  #paint(code: string, text: string): string {
    return this.#colour ? `\u001b[${code}m${text}\u001b[0m` : text
  }
}

function short(value: unknown): string {
  const text = typeof value === 'string' && /^[^\s"=]+$/.test(value) ? value : (JSON.stringify(value) ?? 'undefined')
  return visible(text.length > MAX_VALUE ? `${text.slice(0, MAX_VALUE)}…` : text)
}

/** Control characters would move the terminal's cursor, colour it, or forge a line. */
function visible(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, (it) => `\\u${it.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
