import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Built, Use } from 'plinth'
import { coloursOf } from '../colour.ts'
import { type Args, type Command, UsageError } from '../command.ts'
import { findEntry, shown } from '../entry.ts'
import { Failed } from '../failed.ts'
import { describeFailure } from '../failure.ts'
import { innerFolders } from '../inner-folders.ts'
import { readEnvFile } from '../env-file.ts'
import type { Io } from '../io.ts'
import { importToRead } from '../read-app.ts'
import { silent } from '../silent.ts'
import { telling } from '../start.ts'
import { commonOptions, dbEntry, findFile, importing } from './project.ts'

/** What a seed is called with. */
export interface SeedContext {
  /** The services of the application, the database among them. */
  readonly use: Use
  readonly app: Built
}

export const seed: Command = {
  spec: {
    name: 'db seed',
    summary: 'Fill the database: run the seed of the project with the services of the application.',
    positional: dbEntry,
    options: {
      'env-file': commonOptions['env-file'],
      file: { type: 'string', short: 'f', value: '<file>', about: 'Default: seed.ts, db/seed.ts or src/seed.ts beside the application' },
    },
    notes: ['The file exports a function, as its default or as seed: export default async ({ use }) => { await use(Database).insert(…) }'],
    examples: [
      ['plinth db seed', 'Run seed.ts'],
      ['plinth db seed --file demo.ts', 'Another one'],
    ],
  },
  run,
}

async function run(args: Args, io: Io): Promise<number> {
  const { green } = coloursOf(io.stderr, io.env)
  for (const [name, value] of Object.entries(readEnvFile(args.text('env-file'), io.cwd))) process.env[name] ??= value
  const entry = findEntry(args.positional, io.cwd)
  const path = seedPath(args.text('file'), entry, io)
  const app = await importToRead(entry, io)
  const exported = await importing(path, io)
  const plant = exported['default'] ?? exported['seed']
  if (typeof plant !== 'function') {
    throw new UsageError(`${shown(path, io.cwd)} exports no function as its default or as 'seed': export default async ({ use }) => { … }`)
  }
  const built = await telling(entry, io.cwd, () => app.build({ log: silent }))
  try {
    await (plant as (context: SeedContext) => unknown)({ use: built.use, app: built })
  } catch (error) {
    const title = `${shown(path, io.cwd)} failed`
    throw new Failed(describeFailure(error, { cwd: io.cwd, inner: innerFolders(entry), title }))
  } finally {
    await built.close()
  }
  io.stderr.write(`${green('✓')} ${shown(path, io.cwd)} has run\n`)
  return 0
}

function seedPath(given: string | undefined, entry: string, io: Io): string {
  if (given !== undefined) return findFile(given, io, '--file')
  const folders = [dirname(entry), io.cwd].flatMap((folder) => [folder, join(folder, 'db'), join(folder, 'src')])
  const tried = [...new Set(folders)].flatMap((folder) => ['ts', 'mts', 'js', 'mjs'].map((extension) => join(folder, `seed.${extension}`)))
  const found = tried.find((path) => existsSync(path))
  if (found !== undefined) return found
  throw new UsageError(`No seed: looked for ${tried.map((path) => shown(path, io.cwd)).join(', ')}. Name the file with --file`)
}
