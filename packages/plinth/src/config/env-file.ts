/** One variable of an `.env` file, with its line. */
export interface EnvEntry {
  readonly name: string
  readonly value: string
  /** Counted from 1. */
  readonly line: number
}

/** One mistake in an `.env` file. */
export interface EnvFileFault {
  readonly line: number
  /** Says what is wrong, never what the value is. */
  readonly message: string
  readonly fix: string
}

/** What an `.env` file says, and what is wrong in it. */
export interface EnvFile {
  readonly entries: ReadonlyMap<string, EnvEntry>
  readonly faults: readonly EnvFileFault[]
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/
const escapes: { readonly [letter: string]: string } = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\', $: '$' }

/**
 * Reads a `.env` file: `NAME=value`, `export` before it, `#` comments on lines of their own or after a space; `'…'` as it
 * stands; `"…"` over several lines, with `\n \r \t \" \\ \$`. Nothing is interpolated: `$HOME` is those five characters,
 * so that a password may hold a `$`. What other readers would guess at is a fault.
 */
export function parseEnvFile(text: string): EnvFile {
  const reader = new Reader(text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n'))
  reader.read()
  return { entries: reader.entries, faults: reader.faults }
}

class Reader {
  readonly entries = new Map<string, EnvEntry>()
  readonly faults: EnvFileFault[] = []
  readonly #lines: readonly string[]
  #at = 0

  constructor(text: string) {
    this.#lines = text.split('\n')
  }

  read(): void {
    for (; this.#at < this.#lines.length; this.#at++) {
      const line = (this.#lines[this.#at] as string).trim()
      if (line !== '' && !line.startsWith('#')) this.#entry(line)
    }
  }

  #entry(line: string): void {
    const number = this.#at + 1
    const equals = line.indexOf('=')
    const name = (equals === -1 ? line : line.slice(0, equals)).replace(/^export\s+/, '').trimEnd()
    if (equals === -1)
      return this.#fault(number, NAME.test(name) ? `${name} has no '='` : "there is no '='", 'write NAME=value, or # before a comment')
    if (!NAME.test(name))
      return this.#fault(number, "what stands before '=' is no name", 'a name has letters, digits and _, and begins with no digit')
    const value = this.#value(name, line.slice(equals + 1).trimStart(), number)
    if (value === undefined) return
    if (value.includes('\0')) return this.#fault(number, `${name} holds a NUL character`, 'take it out')
    const known = this.entries.get(name)
    // Which of the two a reader takes differs from tool to tool.
    if (known !== undefined) return this.#fault(number, `${name} stands already in line ${known.line}`, 'keep one of them')
    this.entries.set(name, { name, value, line: number })
  }

  #value(name: string, rest: string, number: number): string | undefined {
    const quote = rest[0]
    if (quote === '"') return this.#quoted(name, number)
    if (quote === '`') return void this.#fault(number, `${name} begins with a backtick, which is no quote here`, `write '…' or "…"`)
    if (quote !== "'") return rest.startsWith('#') ? '' : rest.replace(/\s+#.*$/, '').trimEnd()
    const end = rest.indexOf("'", 1)
    if (end === -1)
      return void this.#fault(
        number,
        `${name} has an opening ' without a closing one in its line`,
        'close it; values of several lines stand in "…"',
      )
    return this.#closed(name, rest.slice(end + 1), number) ? rest.slice(1, end) : undefined
  }

  /** Goes over as many lines as it takes. */
  #quoted(name: string, number: number): string | undefined {
    let value = ''
    let line = this.#lines[this.#at] as string
    let i = line.indexOf('"', line.indexOf('=')) + 1
    for (;;) {
      for (; i < line.length; i++) {
        const letter = line[i] as string
        if (letter === '"') return this.#closed(name, line.slice(i + 1), this.#at + 1) ? value : undefined
        if (letter !== '\\') {
          value += letter
          continue
        }
        const escaped = escapes[line[++i] ?? '']
        if (escaped === undefined) {
          this.#fault(
            this.#at + 1,
            `${name} has a backslash before something that needs none`,
            "write \\\\ for a backslash, or put the value in '…'",
          )
          this.#skip(line, i)
          return undefined
        }
        value += escaped
      }
      if (this.#at + 1 >= this.#lines.length) return void this.#fault(number, `${name} has an opening " that is never closed`, 'close it')
      line = this.#lines[++this.#at] as string
      value += '\n'
      i = 0
    }
  }

  /** To the end of a value that is refused, so that its further lines are not taken for entries. */
  #skip(line: string, from: number): void {
    let i = from
    for (;;) {
      for (; i < line.length; i++) {
        if (line[i] === '\\') i++
        else if (line[i] === '"') return
      }
      if (this.#at + 1 >= this.#lines.length) return
      line = this.#lines[++this.#at] as string
      i = 0
    }
  }

  #closed(name: string, after: string, number: number): boolean {
    if (/^\s*(#.*)?$/.test(after)) return true
    this.#fault(number, `${name} goes on after its closing quote`, 'put the whole value in quotes, or # before a comment')
    return false
  }

  #fault(line: number, message: string, fix: string): void {
    this.faults.push({ line, message, fix })
  }
}
