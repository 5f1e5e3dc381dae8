import { resolve } from 'node:path'
import { coloursOf } from '../colour.ts'
import type { DataKit, Definition, Engine } from '../db/data-kit.ts'
import { counted } from '../db/say.ts'
import { whereIs } from '../db/where-is.ts'
import type { Io } from '../io.ts'

/** What a database lacks of its migrations, or of the schema, in a line that says what to run; `''` where it lacks nothing. */
export async function lackOf(data: DataKit, engine: Engine, definition: Definition, io: Io): Promise<string> {
  const { schema, casing, migrate } = definition
  const { applied, pending } = await data.migrationStatus(engine, resolve(io.cwd, migrate ?? 'drizzle'))
  const missing = schema === undefined ? [] : await data.missingIn(engine, schema, casing)
  const mark = coloursOf(io.stderr, io.env).yellow('!')
  const where = whereIs(definition, io)
  // A database that was pushed to has none of them and lacks nothing.
  if (pending.length > 0 && (applied.length > 0 || missing.length > 0)) {
    const what = pending.length === 1 ? `The migration ${pending[0]} is` : `${pending.length} migrations are`
    return `${mark} ${what} not applied in ${where}; run: plinth db migrate\n`
  }
  const [first] = missing
  if (first === undefined) return ''
  const what = missing.length === 1 ? first : `${first} and ${counted(missing.length - 1, 'other', 'others')}`
  const mend =
    migrate !== undefined ? 'plinth db generate' : applied.length > 0 ? 'plinth db generate, then plinth db migrate' : 'plinth db push'
  return `${mark} The schema has ${what}, which ${where} has not; run: ${mend}\n`
}
