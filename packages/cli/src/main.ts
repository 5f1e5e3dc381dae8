import { coloursOf } from './colour.ts'
import { type Args, type Command, UsageError } from './command.ts'
import { commands } from './commands.ts'
import { Failed } from './failed.ts'
import type { Listed } from './help.ts'
import type { Io } from './io.ts'
import { readArgs } from './read-args.ts'
import { suggest } from './suggest.ts'
import { version } from './version.ts'

/** Exit codes: 0 done, 1 it failed, 2 it was asked wrongly. */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  const [name, ...rest] = grouped(argv)
  try {
    if (name === '--version' || name === '-v') {
      io.stdout.write(`${version()}\n`)
      return 0
    }
    if (name === '--help' || name === '-h' || name === 'help') return await help(grouped(rest)[0], io)
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

/** `db push` is one name in two words. */
function grouped(argv: readonly string[]): readonly string[] {
  const [first, second, ...rest] = argv
  if (first === undefined || second === undefined || second.startsWith('-') || members(first).length === 0) return argv
  return [`${first} ${second}`, ...rest]
}

function members(group: string): readonly Listed[] {
  return commands.filter((it) => it.name.startsWith(`${group} `))
}

async function find(name: string): Promise<Command> {
  const known = commands.find((it) => it.name === name)
  if (known !== undefined) return known.load()
  if (name.startsWith('-')) throw new UsageError(`plinth has no option ${name}`)
  const [group = name, word] = name.split(' ')
  const within = members(group).map((it) => it.name.slice(group.length + 1))
  if (within.length > 0) {
    const near = word === undefined ? undefined : suggest(word, within)
    const trouble = word === undefined ? `plinth ${group} is several commands` : `plinth ${group} has no command '${word}'`
    throw new UsageError(`${trouble}; ${near === undefined ? `there are ${within.join(', ')}` : `did you mean 'plinth ${group} ${near}'?`}`)
  }
  const meant = suggest(
    name,
    commands.map((it) => it.name),
  )
  throw new UsageError(`plinth has no command '${name}'${meant === undefined ? '' : `; did you mean 'plinth ${meant}'?`}`)
}

async function help(name: string | undefined, io: Io): Promise<number> {
  const { commandHelp, generalHelp } = await import('./help.ts')
  if (name === undefined || name.startsWith('-')) io.stdout.write(generalHelp(commands, io.stdout, io.env))
  else if (members(name).length > 0) io.stdout.write(generalHelp(members(name), io.stdout, io.env))
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
