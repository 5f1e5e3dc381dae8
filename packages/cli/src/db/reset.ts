import { coloursOf } from '../colour.ts'
import { type Args, type Command, UsageError } from '../command.ts'
import type { Io } from '../io.ts'
import { commonOptions, dbEntry, explaining, findProject, folderOption, withEngine } from './project.ts'
import { counted } from './say.ts'

export const reset: Command = {
  spec: {
    name: 'db reset',
    summary: 'Take everything out of the database, and make it anew: by the migrations where there are some, else by the schema.',
    positional: dbEntry,
    options: {
      ...commonOptions,
      folder: folderOption,
      yes: { type: 'boolean', short: 'y', about: 'Do not ask. Needed without a terminal, and in production' },
    },
    notes: ['Every row is lost. It empties the schema public, those of your Drizzle schema, and what the framework keeps.'],
    examples: [['plinth db reset && plinth db seed', 'Begin again']],
  },
  run,
}

async function run(args: Args, io: Io): Promise<number> {
  const { green, red } = coloursOf(io.stderr, io.env)
  const project = await findProject(args, io, 'database')
  const { data, definition, from, folder, where } = project
  if (!args.flag('yes')) {
    const production = (io.env['NODE_ENV'] ?? process.env['NODE_ENV']) === 'production'
    if (production) throw new UsageError(`This is production: nothing is taken out of ${where} without --yes`)
    if (io.ask === undefined) throw new UsageError(`Nobody can be asked here: nothing is taken out of ${where} without --yes`)
    const answer = await io.ask(`Everything in ${where} will be lost. Type yes: `)
    if (answer.trim().toLowerCase() !== 'yes') {
      io.stderr.write(`${red('✗')} Nothing was changed\n`)
      return 1
    }
  }
  return explaining('The database was not reset', async () => {
    const { schema, casing } = definition
    const migrations = data.readJournal(folder).entries.length
    // What is needed to fill it again is looked for before it is emptied.
    const kit = migrations > 0 || schema === undefined ? undefined : await data.loadKit(from)
    return withEngine(project, async (engine) => {
      await data.resetDatabase(engine, schema === undefined ? [] : data.schemasIn(schema))
      if (migrations > 0) {
        const applied = await data.migrate(engine, { folder })
        io.stderr.write(`${green('✓')} ${where} is new, with ${counted(applied.length, 'migration')}\n`)
      } else if (kit !== undefined && schema !== undefined) {
        const { statements } = await data.push(engine, kit, schema, { renames: 'never', ...(casing !== undefined && { casing }) })
        io.stderr.write(`${green('✓')} ${where} is new, by ${counted(statements.length, 'statement')}\n`)
      } else io.stderr.write(`${green('✓')} ${where} is empty\n`)
      return 0
    })
  })
}
