import { parseArgs } from 'node:util'
import { type Args, options } from './options.ts'
import { suggest } from './suggest.ts'
import { UsageError } from './usage-error.ts'

/** What the command alone has, which `plinth` has by itself. */
export const ownOptions: typeof options = {
  ...options,
  help: { type: 'boolean', short: 'h', about: 'Show this' },
  version: { type: 'boolean', short: 'v', about: 'Show the version' },
}

/**
 * Reads the command line. What is unknown is refused: an option that does nothing is worse than one that fails.
 * @throws {UsageError}
 */
export function readArgs(argv: readonly string[]): Args {
  // Strict reading has messages of its own, which suggest nothing.
  const { tokens } = parseArgs({
    args: [...argv],
    options: Object.fromEntries(Object.entries(ownOptions).map(([name, { type, short }]) => [name, { type, ...(short && { short }) }])),
    strict: false,
    allowPositionals: true,
    tokens: true,
  })
  const values = new Map<string, string | true>()
  const positionals: string[] = []
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value)
    if (token.kind !== 'option') continue
    const { name, rawName, value, inlineValue } = token
    const option = Object.hasOwn(ownOptions, name) ? ownOptions[name] : undefined
    if (option === undefined) {
      const near = suggest(name, Object.keys(ownOptions))
      throw new UsageError(`create-plinth has no option ${rawName}${near === undefined ? '' : `; did you mean --${near}?`}`)
    }
    if (values.has(name)) throw new UsageError(`${rawName} is given twice`)
    if (option.type === 'boolean' && value !== undefined) throw new UsageError(`${rawName} takes no value`)
    if (option.type === 'string' && (value === undefined || value === '' || (!inlineValue && value.startsWith('-')))) {
      throw new UsageError(`${rawName} needs a value: ${rawName} ${option.value ?? '<value>'}`)
    }
    values.set(name, value ?? true)
  }
  const [positional, second] = positionals
  if (second !== undefined) throw new UsageError(`create-plinth takes one name; '${second}' is a second`)
  return {
    positional,
    text: (name) => {
      const value = values.get(name)
      return value === true ? undefined : value
    },
    flag: (name) => values.get(name) === true,
  }
}
