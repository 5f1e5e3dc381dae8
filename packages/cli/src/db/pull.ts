import { existsSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { coloursOf } from '../colour.ts'
import { type Args, type Command, UsageError } from '../command.ts'
import { shown } from '../entry.ts'
import type { Io } from '../io.ts'
import { commonOptions, dbEntry, explaining, findProject, withEngine } from './project.ts'
import { counted } from './say.ts'

export const pull: Command = {
  spec: {
    name: 'db pull',
    summary: 'Write the Drizzle schema of a database that exists. drizzle-kit is not needed.',
    positional: dbEntry,
    options: {
      'env-file': commonOptions['env-file'],
      out: { type: 'string', short: 'o', value: '<file>', about: 'Default: the standard output' },
      schemas: { type: 'string', value: '<names>', about: 'Schemas of the database, by commas. Default: public' },
      force: { type: 'boolean', about: 'Write over a file that is there' },
    },
    notes: ['The database is that of the application, or without one that of DATABASE_URL.'],
    examples: [['DATABASE_URL=postgres://… plinth db pull --out src/schema.ts', 'Begin with tables that exist']],
  },
  run,
}

async function run(args: Args, io: Io): Promise<number> {
  const { green, yellow } = coloursOf(io.stderr, io.env)
  const out = args.text('out')
  const path = out === undefined ? undefined : resolve(io.cwd, out)
  if (path !== undefined && existsSync(path) && !args.flag('force')) {
    throw new UsageError(`--out: ${shown(path, io.cwd)} is there already; write over it with --force`)
  }
  const schemas = args
    .text('schemas')
    ?.split(',')
    .map((it) => it.trim())
    .filter((it) => it !== '')
  const project = await findProject(args, io, 'database')
  return explaining('The database was not read', () =>
    withEngine(project, async (engine) => {
      const { text, tables, notes } = await project.data.pull(engine, schemas === undefined ? {} : { schemas })
      if (path === undefined) io.stdout.write(text)
      else {
        try {
          writeFileSync(path, text)
        } catch (error) {
          throw new UsageError(`--out: ${shown(path, io.cwd)} can't be written (${(error as { code?: string }).code ?? 'unknown'})`)
        }
      }
      for (const note of notes) io.stderr.write(`${yellow('!')} ${note}\n`)
      io.stderr.write(
        `${green('✓')} ${counted(tables, 'table')} of ${project.where}${path === undefined ? '' : ` in ${shown(path, io.cwd)}`}\n`,
      )
      return 0
    }),
  )
}
