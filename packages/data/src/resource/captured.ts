import { Application, BootError, type Context, type Logger, service, type Service } from 'plinth'
import { DatabaseEngine } from '../database/database.ts'
import { DatabaseUnavailable } from '../database/errors.ts'
import { tableFacts } from '../drizzle/metadata.ts'
import type { Engine } from '../database/contract.ts'
import { captureChanges, type CapturedTable } from '../outbox/capture.ts'
import type { Run } from '../respond/exchange.ts'
import type { CompiledResource } from './compile-resource.ts'
import { ResourceSet } from './resource-set.ts'

const AGAIN_MS = 1_000

/** Ends the tries to reach a database that was not there at boot. */
interface Capturing {
  stop(): void
}

/**
 * Puts the triggers of resources with `history` or `live` into the database, and takes away those of resources that have them no
 * longer. Where the database is not there yet it is done when it comes: until then nobody can write either.
 */
export const CapturedResources: Service<Capturing> = service(
  'changes of resources',
  async ({ use }): Promise<Capturing> => {
    const { all } = use(ResourceSet)
    const engine = use(DatabaseEngine)
    const { name, log } = use(Application)
    const tables = all.map(capturedTable)
    let timer: NodeJS.Timeout | undefined
    const again = (): void => {
      timer = setTimeout(() => {
        capture(engine, tables, name, log).then(
          (done) => (done ? undefined : again()),
          (error: unknown) => log.error({ err: error }, 'changes of resources are not kept'),
        )
      }, AGAIN_MS)
      timer.unref()
    }
    if (!(await capture(engine, tables, name, log))) again()
    return { stop: () => clearTimeout(timer) }
  },
  { dispose: (it) => it.stop() },
)

/** False where the database can't be reached. */
async function capture(engine: Engine, tables: readonly CapturedTable[], application: string, log: Logger): Promise<boolean> {
  try {
    const { added, changed, removed } = await captureChanges(engine, tables, application)
    if (added.length + changed.length + removed.length > 0) log.info({ added, changed, removed }, 'what is kept of changes has changed')
    return true
  } catch (error) {
    if (error instanceof DatabaseUnavailable) return false
    throw new BootError([
      {
        code: 'changes-not-kept',
        message: `history and live of resources: ${error instanceof Error ? error.message : String(error)}`,
        fix: 'bring the database to the schema first: plinth db migrate, or plinth db push',
        cause: error,
      },
    ])
  }
}

/** Values that nobody may read, and those that look like secrets, do not belong into a history either. */
function capturedTable({ definition, options, casing, facts, columns, suspicious }: CompiledResource): CapturedTable {
  const { schema, sqlName, primaryKey } = tableFacts(definition.table, casing)
  const hidden = facts.filter(
    (it) => !primaryKey.includes(it.key) && (columns.rules.get(it.key)?.read === false || suspicious.includes(it.key)),
  )
  return {
    schema,
    table: sqlName,
    history: options.history === true,
    live: options.live === true,
    omit: hidden.map((it) => it.sqlName),
  }
}

/** Tells the database who writes, where that is kept: `id` of the principal, else nothing. */
export function actingRun(run: Run, { options }: CompiledResource, { user }: Pick<Context, 'user'>): Run {
  const { id } = (user ?? {}) as { readonly id?: unknown }
  const known = typeof id === 'string' || typeof id === 'number' || typeof id === 'bigint'
  if (!known || (options.history !== true && options.live !== true)) return run
  return (how, work) =>
    run(how.readOnly ? how : { ...how, transaction: true }, async (query) => {
      if (!how.readOnly) await query(`SELECT set_config('plinth.actor', $1, true)`, [String(id)])
      return work(query)
    })
}
