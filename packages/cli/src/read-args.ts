import { parseArgs } from 'node:util'
import { type Args, type CommandSpec, UsageError } from './command.ts'
import { suggest } from './suggest.ts'

/** `--help` belongs to every command. */
const help = { type: 'boolean', short: 'h', about: 'Show this' } as const

export function optionsOf(spec: CommandSpec): CommandSpec['options'] {
  return { ...spec.options, help }
}

/**
 * Reads what stands behind the command's name. Unknown options, values where none belong and options given twice are
 * refused: a flag that does nothing is worse than one that fails.
 * @throws {UsageError}
 */
export function readArgs(spec: CommandSpec, argv: readonly string[]): Args {
  const options = optionsOf(spec)
  // Strict reading has messages of its own, which neither suggest nor fit ours.
  const { tokens } = parseArgs({
    args: [...argv],
    options: Object.fromEntries(Object.entries(options).map(([name, { type, short }]) => [name, { type, ...(short && { short }) }])),
    strict: false,
    allowPositionals: true,
    tokens: true,
  })
  const values = new Map<string, string | true>()
  const positionals: string[] = []
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value)
    if (token.kind !== 'option') continue
    const option = Object.hasOwn(options, token.name) ? options[token.name] : undefined
    if (option === undefined) throw unknown(spec, token.rawName, Object.keys(options))
    if (values.has(token.name)) throw new UsageError(`${token.rawName} is given twice`)
    if (option.type === 'boolean') {
      if (token.value !== undefined) throw new UsageError(`${token.rawName} takes no value`)
      values.set(token.name, true)
      continue
    }
    if (token.value === undefined || token.value === '' || (!token.inlineValue && token.value.startsWith('-'))) {
      throw new UsageError(`${token.rawName} needs a value: ${token.rawName} ${option.value ?? '<value>'}`)
    }
    values.set(token.name, token.value)
  }
  const [positional, second] = positionals
  const taken = spec.positional === undefined ? positional : second
  if (taken !== undefined) throw new UsageError(`'plinth ${spec.name}' does not take '${masked(taken)}'`)
  return {
    positional,
    text: (name) => {
      const value = values.get(name)
      return value === true ? undefined : value
    },
    flag: (name) => values.get(name) === true,
  }
}

/** Addresses of databases stand where arguments do; what is said may be kept, so without the password. */
function masked(text: string): string {
  return text.replace(/(\/\/[^\s/:@]*:).*@/, '$1***@')
}

function unknown(spec: CommandSpec, given: string, names: readonly string[]): UsageError {
  const meant = suggest(given.replace(/^-+/, ''), names)
  return new UsageError(`'plinth ${spec.name}' has no option ${given}${meant === undefined ? '' : `; did you mean --${meant}?`}`)
}

/** @throws {UsageError} for what is no port. */
export function portOf(text: string | undefined, from: string): number | undefined {
  if (text === undefined || text === '') return undefined
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65_535)
    throw new UsageError(`${from} is '${text}': a port is a number from 0 to 65535, 0 for a free one`)
  return port
}
