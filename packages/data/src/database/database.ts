import {
  type App,
  type Context,
  keepsKeys,
  Application,
  BootError,
  type Logger,
  module,
  type Register,
  service,
  type Service,
  type ServiceContext,
} from 'plinth'
import { Readiness } from 'plinth/ops'
import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import { here, inside } from './ambient.ts'
import { migrate } from '../migrations/migrate.ts'
import { MigrationError } from '../migrations/migration-error.ts'
import { keeping, type Next } from '../idempotency/keep-keys.ts'
import { messageOf } from './connection.ts'
import type { Engine } from './contract.ts'
import { DatabaseDefinition, DatabasePreparation, Given } from './definition.ts'
import { type AnySchema, drizzleOver, type DrizzleOptions } from './drizzle-database.ts'
import { openAtBoot } from './open-at-boot.ts'
import { TimedOut, timedOut, Unavailable, unavailable, unstorable } from './problems.ts'
import { type DatabaseSettings, databaseSettings } from './settings.ts'
import { SqlEngine } from './sql-engine.ts'

/** The schema of a registry, `Register` say. */
export type SchemaOf<R> = R extends { readonly schema: infer S extends AnySchema } ? S : Record<string, never>

/** The schema that the application has registered. */
export type RegisteredSchema = SchemaOf<Register>

/** Settings of {@link database}. */
export interface DatabaseOptions<S extends AnySchema = AnySchema> extends DatabaseSettings, DrizzleOptions<S> {
  /**
   * Applies pending migrations at boot, before anything else uses the database: `true` for those in `drizzle`, else their
   * folder. Nodes that start at once migrate once. Default false: `plinth db migrate` does it before a deployment.
   */
  readonly migrate?: boolean | string | undefined
}

/** How columns without names of their own are called in the database; as {@link database} was told. */
export const DatabaseCasing: Service<{ readonly casing: DrizzleOptions<AnySchema>['casing'] }> = service('database casing', ({ use }) => ({
  casing: use(Given).drizzle.casing,
}))

/** The engine below {@link Database}: plain SQL, `LISTEN`, and what tools need. */
export const DatabaseEngine: Service<Engine> = service('database engine', openForApplication, { dispose: (it) => it.close() })

/**
 * The database as a Drizzle instance, typed with the schema that `Register['schema']` names. Its statements join the transaction
 * that is under way; `use(Database).transaction(…)` is `transaction(…)`.
 */
export const Database: Service<NodePgDatabase<RegisteredSchema>> = service('database', async ({ use }) => {
  const engine = sqlEngine(use(DatabaseEngine))
  const { drizzle } = use(Given)
  return (await drizzleOver(engine, drizzle)) as unknown as NodePgDatabase<RegisteredSchema>
})

/**
 * The starter that provides {@link Database}: PostgreSQL where `DATABASE_URL` names a server, else PGlite in `.plinth/db`. It is
 * asked by `/readyz`, answers 503 where it can't be had, and statements end with the request that asked them. Routes behind it may be
 * `idempotent: true`.
 *
 * ```ts
 * import * as schema from './schema.ts'
 * declare module 'plinth' { interface Register { schema: typeof schema } }
 *
 * export default app().use(database({ schema })).get('/posts', ({ use }) => use(Database).select().from(schema.posts))
 * ```
 */
export function database<S extends AnySchema>(options: DatabaseOptions<S> = {}): App<{}, {}> {
  const { schema, casing, migrate: folder, ...rest } = options
  const settings = databaseSettings(rest)
  const keep = keeping((ctx) => ctx.use(DatabaseEngine))
  const drizzle: DrizzleOptions<AnySchema> = { ...(schema !== undefined && { schema }), ...(casing !== undefined && { casing }) }
  return module('database', {
    scope: 'parent',
    provide: [Given.with({ settings, drizzle, migrate: folder === true ? 'drizzle' : folder || undefined })],
  })
    .use(settings)
    .use(DatabaseDefinition)
    .use(DatabasePreparation)
    .use(DatabaseEngine)
    .use(Database)
    .catch(Unavailable, unavailable)
    .catch(TimedOut, timedOut)
    .catch(Error, unstorable)
    .around(
      keepsKeys((ctx: Context, next: Next) => {
        const once = ctx.idempotent === false ? next : () => keep(ctx, next, ctx.idempotent === 'required')
        return inside({ up: here(), request: ctx, engine: sqlEngine(ctx.use(DatabaseEngine)) }, once)
      }),
    ) as App<{}, {}>
}

async function openForApplication({ use }: ServiceContext): Promise<Engine> {
  const definition = use(DatabaseDefinition)
  const { migrate: folder } = definition
  const prepare = use(DatabasePreparation)
  const { log, mode } = use(Application)
  const readiness = use(Readiness)
  const { engine, away } = await openAtBoot(definition.engine, { log, mode, fix: 'correct DATABASE_URL' })
  if (away !== undefined) {
    if (folder !== undefined) {
      await engine.close()
      const fix = 'start it, or leave out migrate: true and migrate by itself'
      throw new BootError([{ code: 'database-unavailable', message: `Nothing can be migrated: ${messageOf(away)}`, fix, cause: away }])
    }
    // It may come later than we do: until then requests are answered 503, and /readyz says so.
    log.warn({ err: away }, 'the database is not available yet')
  }
  try {
    if (folder !== undefined) await migrated(engine, folder, log)
    await prepare(engine, definition)
  } catch (error) {
    await engine.close()
    throw error
  }
  readiness.add('database', (signal) => engine.ready(signal))
  return engine
}

async function migrated(engine: Engine, folder: string, log: Logger): Promise<void> {
  try {
    await migrate(engine, { folder, applied: (migration, tookMs) => log.info({ migration, tookMs }, 'migration applied') })
  } catch (error) {
    if (!(error instanceof MigrationError)) throw error
    throw new BootError(error.problems.map((message) => ({ code: 'migration-failed', message, fix: error.fix, cause: error })))
  }
}

/** What of a starter and of transactions is ours, an engine of another make can't do. */
function sqlEngine(engine: Engine): SqlEngine {
  if (engine instanceof SqlEngine) return engine
  throw new TypeError('DatabaseEngine must be what openEngine(…) gave')
}
