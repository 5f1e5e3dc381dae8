export { create } from './create.ts'
export type { Io, Out } from './io.ts'
export { type Args, nameArgument, options, type OptionSpec } from './options.ts'
export { UsageError } from './usage-error.ts'
