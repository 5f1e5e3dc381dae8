import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Args, type CommandSpec, entryArgument, type OptionSpec, UsageError } from '../command.ts'
import { findEntry, shown } from '../entry.ts'
import { readEnvFile } from '../env-file.ts'
import { describeFailure } from '../failure.ts'
import { Failed } from '../failed.ts'
import { innerFolders } from '../inner-folders.ts'
import type { Io } from '../io.ts'
import { importToRead, readApp } from '../read-app.ts'
import { prepareTypeScript } from '../typescript.ts'
import { type DataKit, type Definition, type Engine, loadDataKit } from './data-kit.ts'
import { whereIs } from './where-is.ts'

/** What every command of `plinth db` takes. */
export const commonOptions: { readonly schema: OptionSpec; readonly 'env-file': OptionSpec } = {
  schema: {
    type: 'string',
    value: '<file>',
    about: 'A module that exports the Drizzle tables, where no application is to be asked; then DATABASE_URL says which database',
  },
  'env-file': { type: 'string', value: '<file>', about: 'Variables for the application; those of the environment win over them' },
}

export const folderOption: OptionSpec = {
  type: 'string',
  value: '<folder>',
  about: 'Where migrations are. Default: drizzle, as in drizzle-kit',
}

export const dbEntry: NonNullable<CommandSpec['positional']> = {
  ...entryArgument,
  about: 'The file that exports the application with database(…). Default: app.ts, src/app.ts, or the same as .tsx, .mts, .js or .mjs',
}

/** A project whose database a command works on. */
export interface Project {
  readonly data: DataKit
  readonly definition: Definition
  /** Where its packages are looked for: the application's file, or the schema's. */
  readonly from: string
  /** `drizzle`, or what was said. */
  readonly folder: string
  /** For people: `the server at host:port/name`, `.plinth/db`. */
  readonly where: string
}

/** Finds the database: by the application, else by `--schema` and `DATABASE_URL`. */
export async function findProject(args: Args, io: Io, needs: 'schema' | 'database'): Promise<Project> {
  for (const [name, value] of Object.entries(readEnvFile(args.text('env-file'), io.cwd))) process.env[name] ??= value
  const file = args.text('schema')
  const folder = resolve(io.cwd, args.text('folder') ?? 'drizzle')
  if (file !== undefined) {
    if (args.positional !== undefined) throw new UsageError(`Either ${args.positional} or --schema, not both`)
    const path = findFile(file, io, '--schema')
    const schema = await importing(path, io)
    const definition = { engine: settingsOf(io), schema }
    return { data: await loadDataKit(path), definition, from: path, folder, where: whereIs(definition, io) }
  }
  let entry: string
  try {
    entry = findEntry(args.positional, io.cwd)
  } catch (error) {
    // Where only a database is needed, as in the container that migrates, its address is enough.
    if (args.positional !== undefined || needs === 'schema' || !environment(io)) throw error
    const from = join(io.cwd, 'package.json')
    const definition = { engine: settingsOf(io) }
    return { data: await loadDataKit(from), definition, from, folder, where: whereIs(definition, io) }
  }
  const built = await readApp(entry, io, importToRead)
  const data = await loadDataKit(entry)
  const listed = built.services.find(({ name }) => name === 'database definition')
  if (listed === undefined) {
    throw new Failed({
      title: `${shown(entry, io.cwd)} has no database`,
      troubles: [
        { message: 'It does not use database(…)', fix: 'app().use(database({ schema })), or name the tables with --schema <file>' },
      ],
    })
  }
  const definition = built.use(listed.service) as Definition
  if (needs === 'schema' && definition.schema === undefined) {
    throw new Failed({
      title: `${shown(entry, io.cwd)} has no schema`,
      troubles: [{ message: 'database(…) was given no schema', fix: 'database({ schema }), where schema is the module with the tables' }],
    })
  }
  return { data, definition, from: entry, folder, where: whereIs(definition, io) }
}

/** Opens it for as long as the work takes. A tool has no hurry: what migrates or builds an index may take its time. */
export async function withEngine<T>(project: Project, work: (engine: Engine) => Promise<T>): Promise<T> {
  const { data, definition } = project
  // Whoever runs a command on an embedded database means it, in production too.
  const engine = await data.openEngine({ ...definition.engine, embedded: true, timeoutMs: 0, idleMs: 0 })
  try {
    return await work(engine)
  } finally {
    await engine.close()
  }
}

/** Errors of the database and of drizzle-kit, with what to do, rather than where in our code they came from. */
export async function explaining<T>(title: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof Error) || error instanceof UsageError || error instanceof Failed) throw error
    const { fix, problems, code, what } = error as Error & {
      readonly fix?: unknown
      readonly problems?: unknown
      readonly code?: unknown
      readonly what?: unknown
    }
    // What is a fault of ours has a class of the language's own, and its stack is worth more.
    if (/^(?:Type|Range|Reference|Syntax)?Error$/.test(error.name) && typeof fix !== 'string' && typeof code !== 'string') throw error
    const said = typeof what === 'string' ? what : error.message
    const several = Array.isArray(problems) && problems.every((it) => typeof it === 'string') ? (problems as string[]) : [said]
    const nested = error.cause instanceof AggregateError ? error.cause.errors : []
    const messages = several.map((it) => (it === '' ? nested.map(String).join(', ') || String(code) : it))
    throw new Failed({
      title,
      troubles: messages.map((message, i) => ({
        message,
        ...(typeof code === 'string' && { code }),
        ...(i === messages.length - 1 && {
          fix:
            typeof fix === 'string'
              ? fix
              : error.name === 'DatabaseUnavailable'
                ? 'start it, or correct DATABASE_URL'
                : 'see what the database says',
        }),
      })),
    })
  }
}

/** Imports a module of the user's, TypeScript or not. */
export async function importing(path: string, io: Io): Promise<{ readonly [name: string]: unknown }> {
  try {
    await prepareTypeScript(path)
    return { ...((await import(pathToFileURL(path).href)) as object) }
  } catch (error) {
    throw new Failed(describeFailure(error, { cwd: io.cwd, inner: innerFolders(path), title: `${shown(path, io.cwd)} can't be loaded` }))
  }
}

export function findFile(given: string, io: Io, option: string): string {
  const path = resolve(io.cwd, given)
  if (!existsSync(path)) throw new UsageError(`${option}: there is no file ${shown(path, io.cwd)}`)
  return path
}

function environment(io: Io): string | undefined {
  return io.env['DATABASE_URL'] || process.env['DATABASE_URL'] || undefined
}

function settingsOf(io: Io): Definition['engine'] {
  const url = environment(io)
  return url === undefined ? { directory: join(io.cwd, '.plinth', 'db') } : { url }
}
