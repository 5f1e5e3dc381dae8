import type { Built } from 'plinth'
import { coloursOf } from './colour.ts'
import { embeddedInMemory } from './dev/push-embedded.ts'
import { type Args, type Command, entryArgument } from './command.ts'
import { examine, type Findings } from './findings.ts'
import { findEntry } from './entry.ts'
import { describeFailure } from './failure.ts'
import { failureText } from './failure-text.ts'
import { Failed } from './failed.ts'
import type { Io } from './io.ts'
import { importToRead } from './read-app.ts'
import { silent } from './silent.ts'
import { telling } from './start.ts'
import { table } from './table.ts'
import { version } from './version.ts'

export const doctor: Command = {
  spec: {
    name: 'doctor',
    summary: 'Say what was chosen for each setting and why, what guards what, and what keeps the application from starting.',
    positional: entryArgument,
    options: { json: { type: 'boolean', about: 'As JSON, for programs' } },
    notes: [
      'It starts the application as far as its services, without listening. Exit code 1: it would not start.',
      'An embedded database is not opened: another one, in memory, stands in for it.',
    ],
    examples: [
      ['plinth doctor', 'Examine app.ts or src/app.ts'],
      ['NODE_ENV=production plinth doctor', 'As it would be in production'],
    ],
  },
  run: (args, io) => diagnose(args, io),
}

const nothing = (): void => {}

export async function diagnose(args: Args, io: Io, load: typeof importToRead = importToRead): Promise<number> {
  const entry = findEntry(args.positional, io.cwd)
  let findings: Findings
  try {
    const app = await load(entry, io)
    // First without services: what they would be made with is worth knowing most where they can't be made.
    const seen: Built | void = await app.build({ services: false, log: silent }).catch(nothing)
    const failure = await telling(entry, io.cwd, async () => {
      const replace = seen === undefined ? [] : await embeddedInMemory(entry, io, seen)
      await (await app.build({ log: silent, replace })).close()
    }).then(nothing, (error: unknown) => error)
    findings = await examine(entry, io, seen ?? undefined, failure instanceof Failed ? failure.failure : undefined)
  } catch (error) {
    findings = await examine(entry, io, undefined, error instanceof Failed ? error.failure : describeFailure(error, { cwd: io.cwd }))
  }
  if (args.flag('json')) io.stdout.write(`${JSON.stringify(findings, null, 2)}\n`)
  else print(findings, io)
  return findings.failure === undefined ? 0 : 1
}

function print(it: Findings, io: Io): void {
  const { bold, dim, green, yellow } = coloursOf(io.stdout, io.env)
  const say = (text: string): void => void io.stdout.write(text)
  const facts = [
    ['entry', it.entry],
    ['mode', `${it.mode}${it.modeFrom === undefined ? ', since NODE_ENV is not set' : `, from ${it.modeFrom}`}`],
    ['Node', `${it.node} on ${it.platform}`],
    ['plinth', `${it.framework ?? 'not found'}, command ${version()}`],
    ['port', it.port],
    ['.env files', it.envFiles.join(', ') || 'none'],
    ['modules', it.modules.join(', ') || 'none'],
  ]
  for (const [name, value] of facts) say(`${dim((name as string).padEnd(11))} ${value}\n`)
  for (const { name, settings, problems } of it.settings) {
    say(`\n${bold(`Settings of ${name}`)}\n`)
    const rows = settings.map((one) => [`  ${one.key}`, one.value ?? '–', why(one)])
    if (rows.length > 0) say(table(['  setting', 'value', 'from'], rows, (row) => row))
    for (const problem of problems) say(`  ${yellow('!')} ${problem}\n`)
  }
  if (it.services.length > 0) {
    say(`\n${bold('Services')}\n`)
    say(
      table(
        ['  name', 'lives', 'where'],
        it.services.map((one) => [`  ${one.name}`, lifetime(one), one.at]),
        (row) => row,
      ),
    )
  }
  const { total, guarded, open, plain } = it.guards
  say(`\n${bold('Routes')}\n  ${total} in all: ${guarded} guarded, ${open} open, ${plain} without a guard\n`)
  if (it.warnings.length > 0) say(`\n${bold('Warnings')}\n${it.warnings.map((one) => `  ${yellow('!')} ${one}\n`).join('')}`)
  if (it.failure === undefined) say(`\n${green('✓')} The application would start\n`)
  else say(failureText(it.failure, io.stdout, io.env))
}

function lifetime({ scope, lazy }: Findings['services'][number]): string {
  return scope === 'request' ? 'for a request' : lazy ? 'from first use' : 'from the start'
}

function why(one: Findings['settings'][number]['settings'][number]): string {
  const over = one.over.length === 0 ? '' : `, over ${one.over.join(', ')}`
  if (one.source === 'unset') return `not set (${one.name})`
  if (one.source === 'default') return `default; set ${one.name}`
  return `${one.name} in ${one.place ?? one.source}${over}`
}
