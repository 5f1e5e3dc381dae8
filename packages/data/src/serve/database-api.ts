import { type AnyGuard, type App, Application, type Context, guard, type Logger, module, service, type Service } from 'plinth'
import { Readiness } from 'plinth/ops'
import { openAccess } from '../access/open-access.ts'
import type { Engine, EngineSettings } from '../database/contract.ts'
import { DatabaseEngine } from '../database/database.ts'
import { DatabaseUnavailable } from '../database/errors.ts'
import { openAtBoot } from '../database/open-at-boot.ts'
import { TimedOut, timedOut, Unavailable, unavailable } from '../database/problems.ts'
import type { GrammarLimits } from '../grammar/limits.ts'
import { PostgrestError } from '../grammar/postgrest-error.ts'
import { secretNames } from '../resource/compile-resource.ts'
import { errorAnswer } from '../respond/error-answer.ts'
import { answerOf } from '../rest/http-parts.ts'
import { postgrestErrors } from '../rest/postgrest-errors.ts'
import { Routes, summaries } from '../rest/routes.ts'
import { compilePolicies } from './compile-policies.ts'
import { documentOf } from './document.ts'
import { bearerClaims, bearerIdentity } from './identity.ts'
import { type JwtClaims, type JwtSettings, JwtVerifier } from './jwt.ts'
import { LiveModel } from './live-model.ts'
import { checkAnonRole, readModel } from './model-source.ts'
import { isPolicies, type Policies } from './policies.ts'
import { type ReloadOptions, Reloading } from './reloading.ts'
import { type DatabaseRoles, type Known, knownOf, ServedDatabase } from './served-database.ts'

/** Settings of {@link databaseApi}. */
export interface DatabaseApiOptions extends Pick<EngineSettings, 'url' | 'poolSize' | 'prepare' | 'timeoutMs' | 'checkoutMs'> {
  /** Of the module, for `plinth routes` and boot errors; an application with two needs two. Default `database api`. */
  readonly name?: string
  /** Whose tables are served, the first without being asked for. Default `['public']`. */
  readonly schemas?: readonly string[]
  /**
   * Who may do what: what `policies(…)` made, or `'database'` for grants and row-level security of the database, under the role
   * that a token names. Default: everybody everything that `readOnly` leaves.
   */
  readonly policies?: Policies | 'database'
  /** Refuses every write. Default true, but false where `policies(…)` says who may write what. */
  readonly readOnly?: boolean
  /** Verifies bearer tokens. Who asks is then their claims, or with `policies: 'database'` the role that they name acts. */
  readonly jwt?: JwtSettings
  /** As which role strangers are answered with `policies: 'database'`; false lets none in. Default `anon`. */
  readonly anonRole?: string | false
  /** The claims of whoever asks with `policies: 'database'`, where the application knows him already: `role` is the database's. */
  readonly claims?: (ctx: Context) => JwtClaims | null | Promise<JwtClaims | null>
  /** Rows of one answer at most, where `policies(…)` says nothing else. Default 1,000. */
  readonly maxRows?: number
  /** Allows `count()`, `sum()` and the like, where `policies(…)` says nothing else. Default false. */
  readonly aggregates?: boolean
  /** Allows PATCH and DELETE without a filter, where `policies(…)` says nothing else. Default false. */
  readonly unfilteredWrites?: boolean
  readonly limits?: Partial<GrammarLimits>
  readonly reload?: ReloadOptions
  /**
   * Whether the address where it is mounted describes the API as OpenAPI. Default: outside production. `true` says so of production
   * too, and has it as `openapi.json` there as well, which at the root is the application's own name for its document.
   */
  readonly document?: boolean
  /** Bytes that a body may have. Default: the application's, 1 MiB. */
  readonly bodyLimit?: number
}

const MAX_ROWS = 1_000

const methods = ['GET', 'POST', 'PATCH', 'DELETE', 'PUT', 'OPTIONS'] as const
/**
 * A module that serves the tables of a database that exists, in PostgREST's request grammar. It reads them at boot, and again when
 * `NOTIFY pgrst` says that they have changed. Read-only unless told otherwise.
 *
 * ```ts
 * app().use('/rest', databaseApi({ url, schemas: ['api'], policies: 'database', jwt: { secret }, readOnly: false }))
 * ```
 * Without `url` it serves the application's own `database(…)`.
 * @throws {TypeError} for options that mean nothing.
 */
export function databaseApi(options: DatabaseApiOptions = {}): App<{}, {}> {
  const { name = 'database api', policies, bodyLimit, jwt, document, ...rest } = options
  const { maxRows = MAX_ROWS, aggregates = false, unfilteredWrites = false } = rest
  if (policies !== undefined && policies !== 'database' && !isPolicies(policies)) {
    throw new TypeError("databaseApi: policies is neither 'database' nor what policies(…) made")
  }
  const own = isPolicies(policies) ? policies : undefined
  const verifier = jwt === undefined ? undefined : new JwtVerifier(jwt)
  const Engine = options.url === undefined ? DatabaseEngine : ownEngine(name, options)
  const Api = apiService(name, options, Engine, own, verifier)
  const limit = bodyLimit === undefined ? {} : { bodyLimit }
  let made = module(name, { errors: postgrestErrors, ...limit }) as App<{}, {}>
  made = made
    .use(Engine)
    .use(Api)
    .catch(PostgrestError, (error, ctx) => answerOf(errorAnswer(error, { authenticated: true, rowDetails: false })!, ctx))
    .catch(Unavailable, unavailable)
    .catch(TimedOut, timedOut) as App<{}, {}>
  // Roles of the database come from tokens alone: whom the application knows may have a `role` too, which means something else.
  const bearer = verifier === undefined || policies === 'database' ? undefined : bearerIdentity(verifier)
  const identity = own?.['~policies'].options.identify ?? bearer
  if (identity !== undefined) made = made.identify(identity)
  const guards = [decidedBy(policies)]
  const routes = new Routes(made)
  const describe = async (ctx: Context): Promise<unknown> => {
    if (document === undefined && ctx.use(Application).mode === 'production')
      throw new PostgrestError('PGRST126', 'Root endpoint metadata is disabled')
    const { served, live } = ctx.use(Api)
    const known = await live.get()
    const prefix = ctx.template.replace(/\/(?:openapi\.json)?$/, '')
    return documentOf(ctx, served, known, {
      prefix,
      title: ctx.use(Application).name,
      maxRows,
      aggregates,
      unfilteredWrites,
      tokens: verifier !== undefined,
    })
  }
  if (document !== false) {
    routes.add('GET', '/', { hidden: true, guards }, describe)
    if (document === true) routes.add('GET', '/openapi.json', { hidden: true, guards }, describe)
  }
  for (const method of methods) {
    const contract = {
      guards,
      tags: [name],
      ...(method === 'OPTIONS' ? { hidden: true } : { summary: `${summaries[method]} a table` }),
      ...(method === 'POST' || method === 'PATCH' || method === 'PUT' ? { body: 'bytes' } : {}),
    }
    const handler =
      (plain: boolean) =>
      async (ctx: Context): Promise<unknown> => {
        const { served, live } = ctx.use(Api)
        return served.answer(ctx, await live.get(), plain)
      }
    routes.add(method, '/:table', contract, handler(false))
    if (method === 'GET' || method === 'PATCH' || method === 'DELETE') routes.add(method, '/:table/:id', contract, handler(true))
  }
  return routes.module
}

/** For `plinth routes`: who decides. */
function decidedBy(policies: DatabaseApiOptions['policies']): AnyGuard {
  const name = policies === undefined ? 'open to everyone' : policies === 'database' ? 'row-level security' : 'policies'
  return guard(() => {}, { name })
}

function ownEngine(name: string, options: DatabaseApiOptions): Service<Engine> {
  const { url, poolSize, prepare, timeoutMs, checkoutMs } = options
  const settings = Object.fromEntries(
    Object.entries({ url, poolSize, prepare, timeoutMs, checkoutMs }).filter(([, value]) => value !== undefined),
  ) as EngineSettings
  return service(
    `${name} engine`,
    async ({ use }): Promise<Engine> => {
      const { log, mode } = use(Application)
      const readiness = use(Readiness)
      const { engine, away } = await openAtBoot(settings, { log, mode, fix: 'correct the address of the database' })
      if (away !== undefined) log.warn({ err: away }, 'the database is not available yet')
      readiness.add(name, (signal) => engine.ready(signal))
      return engine
    },
    { dispose: (it) => it.close() },
  )
}

interface Api {
  readonly served: ServedDatabase
  readonly live: LiveModel<Known>
  stop(): Promise<void>
}

function apiService(
  name: string,
  options: DatabaseApiOptions,
  Engine: Service<Engine>,
  own: Policies | undefined,
  verifier: JwtVerifier | undefined,
): Service<Api> {
  const { schemas = ['public'], policies, maxRows = MAX_ROWS, aggregates = false, unfilteredWrites = false, limits = {} } = options
  const anonRole = options.anonRole === false ? undefined : (options.anonRole ?? 'anon')
  const roles: DatabaseRoles | undefined =
    policies !== 'database'
      ? undefined
      : {
          anonRole,
          claims: options.claims ?? (verifier === undefined ? () => null : bearerClaims(verifier)),
          readsTokens: options.jwt !== undefined || options.claims !== undefined,
        }
  const make = async ({ use }: { readonly use: Context['use'] }): Promise<Api> => {
    const engine = use(Engine)
    const { log } = use(Application)
    const access = openAccess({ maxRows, aggregates, unfilteredWrites })
    const served = new ServedDatabase({ engine, readOnly: options.readOnly ?? own === undefined, limits, access, roles })
    const reloading = new Reloading(engine, options.reload ?? {}, (error) =>
      log.error({ err: error, api: name }, 'the tables could not be read again; those known before stay'),
    )
    const load = async (): Promise<Known> => {
      const model = await readModel(engine, schemas)
      if (roles?.anonRole !== undefined) await checkAnonRole(engine, roles.anonRole)
      const known = knownOf(model, own === undefined ? undefined : compilePolicies(model, own, engine))
      await reloading.start(live)
      return known
    }
    const live = new LiveModel(load, (again) => {
      if (again) log.info({ api: name }, 'the tables were read again')
    })
    try {
      warn(await live.get(), served, log)
    } catch (error) {
      if (!(error instanceof DatabaseUnavailable)) {
        await reloading.stop()
        throw error
      }
      // It may come later: whoever asks then has it read.
    }
    return { served, live, stop: () => reloading.stop() }
  }
  return service(name, make, { dispose: (it) => it.stop() })
}

function warn(known: Known, { serving }: ServedDatabase, log: Logger): void {
  const tables = known.model.schemas.flatMap((it) => known.model.tables(it))
  if (tables.length === 0) log.warn({ schemas: known.model.schemas }, 'there is no table to serve')
  if (serving.roles !== undefined) return
  const secret = tables.flatMap((table) => {
    const rules = known.set?.ofTable(table)?.columns.rules
    return [...table.columns.keys()].filter((it) => secretNames.test(it) && rules?.has(it) !== true).map((it) => `${table.name}.${it}`)
  })
  if (secret.length > 0)
    log.warn({ columns: secret }, 'columns look like secrets and everybody who reads the row sees them: hide them by policies')
  if (known.set === undefined && !serving.readOnly)
    log.warn({}, 'everybody who reaches this API may change every row: say who may by policies')
}
