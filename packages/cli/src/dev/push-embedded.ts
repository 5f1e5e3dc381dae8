import { relative } from 'node:path'
import type { Built, Replacement } from 'plinth'
import { coloursOf } from '../colour.ts'
import { type DataKit, dataKitPath, type Definition, type Engine, loadDataKit } from '../db/data-kit.ts'
import { counted, lossText, statementText } from '../db/say.ts'
import { lackOf } from './lack.ts'
import type { Io } from '../io.ts'

/**
 * An embedded database follows the schema while one writes: what `plinth db push` would do is done before the application
 * uses it. What would lose something is not, and a server's database is nobody's to change unasked. Where the application migrates at
 * boot the schema comes from its migrations: pushed as well, the next migration would meet what it wants to make. Of both it is told
 * what they lack. `found` hears of the database.
 */
export async function pushEmbedded(entry: string, io: Io, found: (definition: Definition) => void): Promise<readonly Replacement[]> {
  if (dataKitPath(entry) === undefined) return []
  const data = await loadDataKit(entry)
  return [
    data.DatabasePreparation.with(async (engine, definition) => {
      found(definition)
      if (isFollowing(engine, definition)) return follow(data, engine, definition, entry, io)
      // Not waited for, and what fails says nothing: it is advice, about a database that may be away, or closed meanwhile.
      void lackOf(data, engine, definition, io).then(
        (text) => io.stderr.write(text),
        () => {},
      )
    }),
  ]
}

function isFollowing(engine: Engine, { migrate }: Definition): boolean {
  return engine.kind === 'embedded' && migrate === undefined
}

/**
 * For who only looks: an embedded database is another process's, `plinth dev`'s say, or not there yet. One in memory, with the
 * schema, stands in for it, so that whatever else the application needs can be started. A server's database is used as it is, and
 * not migrated.
 */
export async function embeddedInMemory(entry: string, io: Io, built: Built): Promise<readonly Replacement[]> {
  const listed = built.services.find(({ name }) => name === 'database definition')
  if (listed === undefined || dataKitPath(entry) === undefined) return []
  const data = await loadDataKit(entry)
  let definition: Definition
  try {
    definition = built.use(listed.service) as Definition
  } catch {
    // Settings that are wrong are told by the build that follows.
    return []
  }
  if (definition.engine.url !== undefined) {
    const { migrate: _, ...asItIs } = definition
    return [data.DatabaseDefinition.with(asItIs)]
  }
  const { directory: _, ...engine } = definition.engine
  const quiet: Io = { ...io, stderr: { write: () => true } }
  return [
    data.DatabaseDefinition.with({ ...definition, engine }),
    data.DatabasePreparation.with(async (it, given) => (isFollowing(it, given) ? follow(data, it, given, entry, quiet) : undefined)),
  ]
}

async function follow(
  data: DataKit,
  engine: Engine,
  { schema, casing, engine: settings }: Definition,
  entry: string,
  io: Io,
): Promise<void> {
  if (schema === undefined) return
  const { green, yellow } = coloursOf(io.stderr, io.env)
  const say = (text: string): void => void io.stderr.write(text)
  try {
    const kit = await data.loadKit(entry)
    const sent: string[] = []
    const { losses, applied } = await data.push(engine, kit, schema, {
      renames: 'never',
      sending: (statement) => void sent.push(statement),
      ...(casing !== undefined && { casing }),
    })
    if (applied && sent.length === 0) return
    const where = settings.directory === undefined ? 'the database in memory' : relative(io.cwd, settings.directory) || settings.directory
    if (applied) say(`${sent.map((it) => statementText(it, io)).join('')}${green('✓')} ${counted(sent.length, 'change')} in ${where}\n`)
    else
      say(
        `${yellow('!')} The schema was not pushed, since that would lose something:\n${lossText(losses, io)}  stop plinth dev, and run: plinth db push\n`,
      )
  } catch (error) {
    const { name, message, fix } = error as Error & { readonly fix?: string }
    if (name !== 'KitError') throw error
    say(`${yellow('!')} The schema was not pushed: ${message}${fix === undefined ? '' : `\n  fix ${fix}`}\n`)
  }
}
