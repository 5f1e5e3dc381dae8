import { coloursOf } from './colour.ts'
import { type Args, type Command, UsageError } from './command.ts'
import { commands } from './commands.ts'
import { Failed } from './failed.ts'
import type { Io } from './io.ts'
import { readArgs } from './read-args.ts'
import { suggest } from './suggest.ts'
import { version } from './version.ts'

/** Exit codes: 0 done, 1 it failed, 2 it was asked wrongly. */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  const [name, ...rest] = argv
  try {
    if (name === '--version' || name === '-v') {
      io.stdout.write(`${version()}\n`)
      return 0
    }
    if (name === '--help' || name === '-h' || name === 'help') return await help(rest[0], io)
    if (name === undefined) {
      const { generalHelp } = await import('./help.ts')
      io.stderr.write(generalHelp(commands, io.stderr, io.env))
      return 2
    }
    const command = await find(name)
    const args: Args = readArgs(command.spec, rest)
    if (args.flag('help')) return await help(name, io)
    return await command.run(args, io)
  } catch (error) {
    return await tell(error, name, io)
  }
}

async function find(name: string): Promise<Command> {
  const known = commands.find((it) => it.name === name)
  if (known !== undefined) return known.load()
  if (name.startsWith('-')) throw new UsageError(`plinth has no option ${name}`)
  const meant = suggest(
    name,
    commands.map((it) => it.name),
  )
  throw new UsageError(`plinth has no command '${name}'${meant === undefined ? '' : `; did you mean 'plinth ${meant}'?`}`)
}

async function help(name: string | undefined, io: Io): Promise<number> {
  const { commandHelp, generalHelp } = await import('./help.ts')
  if (name === undefined || name.startsWith('-')) io.stdout.write(generalHelp(commands, io.stdout, io.env))
  else io.stdout.write(commandHelp((await find(name)).spec, io.stdout, io.env))
  return 0
}

async function tell(error: unknown, name: string | undefined, io: Io): Promise<number> {
  if (error instanceof UsageError) {
    const { red } = coloursOf(io.stderr, io.env)
    const known = commands.some((it) => it.name === name)
    io.stderr.write(`${red('✗')} ${error.message}\n  see 'plinth ${known ? `help ${name}` : '--help'}'\n`)
    return 2
  }
  const [{ describeFailure }, { failureText }] = await Promise.all([import('./failure.ts'), import('./failure-text.ts')])
  const failure = error instanceof Failed ? error.failure : describeFailure(error, { cwd: io.cwd })
  io.stderr.write(failureText(failure, io.stderr, io.env))
  return 1
}
