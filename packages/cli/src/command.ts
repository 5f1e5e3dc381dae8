import type { Io } from './io.ts'

export interface OptionSpec {
  readonly type: 'string' | 'boolean'
  readonly short?: string
  /** How help calls the value: `<port>`. */
  readonly value?: string
  readonly about: string
}

/** What a command takes, for its help and for reading its arguments. */
export interface CommandSpec {
  readonly name: string
  readonly summary: string
  /** Its one positional argument, which may be left out. */
  readonly positional?: { readonly name: string; readonly about: string }
  readonly options: { readonly [name: string]: OptionSpec }
  readonly notes?: readonly string[]
  readonly examples: readonly (readonly [command: string, about: string])[]
}

export interface Args {
  readonly positional: string | undefined
  text(name: string): string | undefined
  flag(name: string): boolean
}

export interface Command {
  readonly spec: CommandSpec
  /** Resolves with the exit code; what stays open afterwards is ended by whoever ran it. */
  run(args: Args, io: Io): Promise<number>
}

/** Asked in a way that can't be answered: exit code 2. */
export class UsageError extends Error {
  override readonly name: string = 'UsageError'
}

/** Where to look for the application; most commands take it. */
export const entryArgument: NonNullable<CommandSpec['positional']> = {
  name: 'entry',
  about: 'The file that exports the application. Default: app.ts, src/app.ts, or the same as .tsx, .mts, .js or .mjs',
}

/** What `dev` and `start` take alike; `host` says where they listen without it. */
export function servingOptions(host: string): CommandSpec['options'] {
  return {
    port: { type: 'string', short: 'p', value: '<port>', about: 'Default: PORT, else 3000; 0 for a free one' },
    host: { type: 'string', value: '<address>', about: host },
    'env-file': { type: 'string', value: '<file>', about: 'Variables for the application; those of the environment win over them' },
  }
}
