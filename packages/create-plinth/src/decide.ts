import { type Io } from './io.ts'
import type { Args } from './options.ts'
import { type PackageManager, packageManagers, runningManager } from './package-manager.ts'
import { type Place, placeOf } from './package-name.ts'
import { orElse } from './suggest.ts'
import { UsageError } from './usage-error.ts'
import { type Variant, variants } from './variants.ts'

/** All that has to be known to make a project. */
export interface Decision extends Place {
  readonly variant: Variant
  readonly manager: PackageManager
  readonly install: boolean
}

/**
 * Takes what the command line says, asks for the rest where somebody can be asked, and else takes the defaults.
 * @throws {UsageError} for what is wrong on the command line, and where nobody says what the project is called.
 */
export async function decide(args: Args, io: Io): Promise<Decision> {
  // Before anything is asked: who mistyped an option should not have answered in vain.
  const named = args.text('variant')
  const given = named === undefined ? undefined : variantOf(named)
  const manager = managerOf(args.text('package-manager')) ?? runningManager(io.env['npm_config_user_agent'])
  const first = args.positional === undefined ? undefined : placeOf(args.positional, io.cwd)

  const ask = args.flag('yes') ? undefined : io.ask
  const place = first ?? (ask === undefined ? nameless() : await askForPlace(ask, io))
  const variant = given ?? (ask === undefined ? variants[0] : await askForVariant(ask, io))
  return { ...place, variant, manager, install: !args.flag('no-install') }
}

function nameless(): never {
  throw new UsageError('The project has no name, and nobody can be asked for one: write it as the first argument, my-app for example')
}

function variantOf(name: string): Variant {
  const found = variants.find((it) => it.name === name)
  if (found !== undefined) return found
  const names = variants.map((it) => it.name)
  throw new UsageError(`--variant is '${name}': ${orElse(name, names)}`)
}

function managerOf(name: string | undefined): PackageManager | undefined {
  if (name === undefined) return undefined
  const found = packageManagers.find((it) => it === name)
  if (found !== undefined) return found
  throw new UsageError(`--package-manager is '${name}': ${orElse(name, packageManagers)}`)
}

type Ask = NonNullable<Io['ask']>

async function askForPlace(ask: Ask, io: Io): Promise<Place> {
  for (;;) {
    const answer = (await ask('What is the project called? ')).trim()
    if (answer === '') continue
    try {
      return placeOf(answer, io.cwd)
    } catch (error) {
      if (!(error instanceof UsageError)) throw error
      io.stderr.write(`  ${error.message}\n`)
    }
  }
}

async function askForVariant(ask: Ask, io: Io): Promise<Variant> {
  const names = variants.map((it) => it.name)
  const lines = variants.map(({ name, need }, index) => `  ${index + 1}  ${name.padEnd(10)}${need}\n`)
  io.stderr.write(`What does it need?\n${lines.join('')}`)
  for (;;) {
    const answer = (await ask(`A number or a name (${names[0]}): `)).trim()
    if (answer === '') return variants[0]
    const found = variants.find((it, index) => it.name === answer || String(index + 1) === answer)
    if (found !== undefined) return found
    io.stderr.write(`  '${answer}' is none of them: ${orElse(answer, names)}\n`)
  }
}
