import { coloursOf } from '../colour.ts'
import type { Args, Command } from '../command.ts'
import type { Io } from '../io.ts'
import type { Engine, Status } from './data-kit.ts'
import { commonOptions, dbEntry, explaining, findProject, folderOption, type Project, withEngine } from './project.ts'
import { counted, statementText } from './say.ts'

export const status: Command = {
  spec: {
    name: 'db status',
    summary: 'Show which migrations the database has, and in what it differs from the Drizzle schema. Changes nothing.',
    positional: dbEntry,
    options: {
      ...commonOptions,
      folder: folderOption,
      check: { type: 'boolean', about: 'Exit code 1 where migrations are pending or changed, or the database differs: for a pipeline' },
      json: { type: 'boolean', about: 'As JSON, for programs' },
    },
    examples: [['plinth db status --check', 'In a pipeline, before a deployment goes on']],
  },
  run,
}

/** What differs: statements that would mend it, or why nobody could tell. */
type Drift = { readonly statements: readonly string[] } | { readonly unknown: string }

async function run(args: Args, io: Io): Promise<number> {
  const project = await findProject(args, io, 'database')
  const { data, folder, where } = project
  return explaining('The database can not be looked at', () =>
    withEngine(project, async (engine) => {
      const found = await data.migrationStatus(engine, folder)
      const drift = await driftOf(project, engine)
      const differs = 'statements' in drift && drift.statements.length > 0
      if (args.flag('json')) io.stdout.write(`${JSON.stringify({ database: where, ...found, drift }, null, 2)}\n`)
      else print(found, drift, where, io)
      return args.flag('check') && (found.pending.length > 0 || found.changed.length > 0 || differs) ? 1 : 0
    }),
  )
}

async function driftOf({ data, definition, from }: Project, engine: Engine): Promise<Drift> {
  const { schema, casing } = definition
  if (schema === undefined) return { unknown: 'there is no schema to compare with' }
  try {
    const kit = await data.loadKit(from)
    const { statements } = await data.planPush(engine, kit, schema, { renames: 'never', ...(casing !== undefined && { casing }) })
    return { statements }
  } catch (error) {
    const { name, message, fix } = error as Error & { readonly fix?: string }
    if (name !== 'KitError') throw error
    return { unknown: `${message}${fix === undefined ? '' : ` (${fix})`}` }
  }
}

function print({ applied, pending, changed, unknown }: Status, drift: Drift, where: string, io: Io): void {
  const { bold, dim, green, yellow } = coloursOf(io.stdout, io.env)
  const say = (text: string): void => void io.stdout.write(text)
  say(`${bold(where)}\n`)
  for (const tag of applied)
    say(changed.includes(tag) ? `  ${yellow('!')} ${tag} ${dim('applied, and changed since')}\n` : `  ${green('✓')} ${tag}\n`)
  for (const tag of pending) say(`  ${yellow('…')} ${tag} ${dim('pending')}\n`)
  for (const tag of unknown) say(`  ${yellow('?')} ${tag} ${dim('applied, and not in this folder')}\n`)
  if (applied.length + pending.length + unknown.length === 0) say(dim('  no migrations\n'))
  if ('unknown' in drift) say(`${dim(`  whether it is what the schema says is not known: ${drift.unknown}`)}\n`)
  else if (drift.statements.length === 0) say(`  ${green('✓')} it is what the schema says\n`)
  else {
    say(`  ${yellow('!')} it differs from the schema; ${counted(drift.statements.length, 'statement')} would mend that:\n`)
    for (const statement of drift.statements) say(statementText(statement, io).replace(/^/gm, '  ').trimEnd() + '\n')
  }
}
