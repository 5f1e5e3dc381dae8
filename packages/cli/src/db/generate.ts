import { coloursOf } from '../colour.ts'
import type { Args, Command } from '../command.ts'
import { shown } from '../entry.ts'
import type { Io } from '../io.ts'
import { commonOptions, dbEntry, explaining, findProject, folderOption } from './project.ts'
import { counted, statementText } from './say.ts'

export const generate: Command = {
  spec: {
    name: 'db generate',
    summary: 'Write a migration that leads from the last one to the Drizzle schema. No database is asked.',
    positional: dbEntry,
    options: {
      ...commonOptions,
      folder: folderOption,
      name: { type: 'string', value: '<name>', about: 'What it is called behind its number. Default: by its first statement' },
      custom: { type: 'boolean', about: 'An empty file to write by hand, though the schema has not changed' },
      'no-renames': { type: 'boolean', about: 'Take nothing for renamed: what is gone is dropped, what is new is made' },
    },
    notes: ['Files are in the format of drizzle-kit, and both may be used on one folder. Read a migration before you commit it.'],
    examples: [['plinth db generate --name add-tags', 'Write drizzle/0001_add-tags.sql']],
  },
  run,
}

async function run(args: Args, io: Io): Promise<number> {
  const { green } = coloursOf(io.stderr, io.env)
  const { data, definition, from, folder } = await findProject(args, io, 'schema')
  const { schema = {}, casing } = definition
  const name = args.text('name')
  return explaining('No migration was written', async () => {
    const made = await data.generate(await data.loadKit(from), schema, {
      folder,
      custom: args.flag('custom'),
      renames: args.flag('no-renames') ? 'never' : 'ask',
      ...(name !== undefined && { name }),
      ...(casing !== undefined && { casing }),
    })
    if (made === undefined) {
      io.stderr.write(`${green('✓')} Nothing has changed since the last migration\n`)
      return 0
    }
    for (const statement of made.statements) io.stderr.write(statementText(statement, io))
    io.stderr.write(`${green('✓')} ${counted(made.statements.length, 'statement')} in ${shown(made.file, io.cwd)}\n`)
    return 0
  })
}
