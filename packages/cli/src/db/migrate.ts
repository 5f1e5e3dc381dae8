import { coloursOf } from '../colour.ts'
import type { Args, Command } from '../command.ts'
import type { Io } from '../io.ts'
import { commonOptions, dbEntry, explaining, findProject, folderOption, withEngine } from './project.ts'
import { counted } from './say.ts'

export const migrate: Command = {
  spec: {
    name: 'db migrate',
    summary: 'Apply the migrations that the database does not have, each in a transaction. Safe to run on many nodes at once.',
    positional: dbEntry,
    options: { ...commonOptions, folder: folderOption },
    notes: ['drizzle-kit is not needed. Without an application in this folder DATABASE_URL alone says which database.'],
    examples: [
      ['plinth db migrate', 'Before a new version of the application starts'],
      ['DATABASE_URL=postgres://… plinth db migrate', 'In a container that has only the migrations'],
    ],
  },
  run,
}

async function run(args: Args, io: Io): Promise<number> {
  const { green, dim } = coloursOf(io.stderr, io.env)
  const project = await findProject(args, io, 'database')
  const { data, folder, where } = project
  return explaining('The database was not migrated', () =>
    withEngine(project, async (engine) => {
      const applied = await data.migrate(engine, {
        folder,
        applied: (tag, tookMs) => void io.stderr.write(`  ${tag} ${dim(`${tookMs} ms`)}\n`),
      })
      io.stderr.write(
        applied.length === 0
          ? `${green('✓')} ${where} has every migration\n`
          : `${green('✓')} ${counted(applied.length, 'migration')} applied to ${where}\n`,
      )
      return 0
    }),
  )
}
