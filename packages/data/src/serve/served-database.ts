import type { Context, Reply } from 'plinth'
import type { Access } from '../access/contract.ts'
import type { Engine } from '../database/contract.ts'
import { runOn } from '../database/run.ts'
import type { GrammarLimits } from '../grammar/limits.ts'
import { PostgrestError } from '../grammar/postgrest-error.ts'
import type { Model, Table } from '../model/contract.ts'
import { DatabaseError } from '../plan/database-error.ts'
import { Asker } from '../resource/asker.ts'
import { writeHooks } from '../resource/hooks.ts'
import type { CompiledResources } from '../resource/resource-set.ts'
import { allowedMethods } from '../respond/allowed-methods.ts'
import type { DataAnswer } from '../respond/answer.ts'
import { errorAnswer } from '../respond/error-answer.ts'
import type { DataRequestParts, Run } from '../respond/exchange.ts'
import { serveRequest } from '../respond/serve-request.ts'
import { answerOf, type DataContext, partsOf } from '../rest/http-parts.ts'
import { answerOne, plainKey } from '../rest/plain-form.ts'
import { bearerToken, type JwtClaims, JwtError } from './jwt.ts'
import { type RoleAndClaims, roleOf } from './identity.ts'
import { runAsRole } from './role-run.ts'

/** What decides in the database who may do what. */
export interface DatabaseRoles {
  readonly anonRole: string | undefined
  /** Of whoever asks. */
  readonly claims: (ctx: Context) => JwtClaims | null | Promise<JwtClaims | null>
  /** Whether tokens are read at all; where they are not, one that is sent must not be taken for nobody. */
  readonly readsTokens: boolean
}

/** How requests are answered, all of it decided. */
export interface Serving {
  readonly engine: Engine
  readonly readOnly: boolean
  readonly limits: Partial<GrammarLimits>
  readonly access: Access
  readonly roles: DatabaseRoles | undefined
}

/** What was read from the database last. */
export interface Known {
  readonly model: Model
  /** Where policies are ours. */
  readonly set: CompiledResources | undefined
  readonly tables: ReadonlySet<Table>
  /** A view may call what writes: reads of such databases are told not to. */
  readonly hasViews: boolean
}

const writing = { POST: ['create'], PATCH: ['update'], DELETE: ['delete'], PUT: ['create', 'update'] } as const
const readOnlyHint = 'Ask with GET or HEAD; whoever runs this API decides whether it takes writes'

/** Answers requests on tables that were found in a database. */
export class ServedDatabase {
  readonly serving: Serving

  constructor(serving: Serving) {
    this.serving = serving
  }

  /** Rows of a table, or with `plain` the one that the path names. */
  async answer(ctx: DataContext, known: Known, plain: boolean): Promise<Reply<number, unknown>> {
    const { table: name, id } = ctx.params as { readonly table: string; readonly id: string }
    const parts = partsOf(ctx, name)
    if (parts instanceof PostgrestError) throw parts
    const { schemas } = known.model
    const schema = schemaOf(ctx, schemas)
    const table = known.model.table(schema ?? '', name)
    const refused = this.#refused(ctx.method, table, known)
    if (refused !== undefined) return answerOf(refused, ctx)
    const asked = (it: DataRequestParts): Promise<DataAnswer> => this.#ask(it, ctx, table, known, schema)
    const key = table === undefined ? undefined : plainKey(table)
    const answer = plain ? await answerOne(parts, key, id, name, asked) : await asked(parts)
    const profiled = schema !== undefined && (schemas.length > 1 || asksForSchema(ctx))
    return answerOf(profiled ? { ...answer, headers: [...answer.headers, ['Content-Profile', schema]] } : answer, ctx)
  }

  /** The methods that a table has here; of a table that there is not, those that any has. */
  methods(table: Table | undefined, known: Known): readonly string[] {
    const all = table === undefined ? ['OPTIONS', 'GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] : allowedMethods(table)
    return all.filter((it) => this.#offers(it, table, known))
  }

  /** As whom a request acts, where that is for the database to judge. */
  async role(ctx: Context): Promise<RoleAndClaims | undefined> {
    const { roles } = this.serving
    if (roles === undefined) return undefined
    if (!roles.readsTokens && bearerToken(ctx.header('authorization')) !== undefined) {
      throw new JwtError('PGRST300', 'Server lacks JWT secret')
    }
    return roleOf(await roles.claims(ctx), roles.anonRole)
  }

  /** Runs what a request asks, as whom it acts. */
  run(ctx: Context, role: RoleAndClaims | undefined, known: Known, path: string, schema: string): Run {
    const { engine } = this.serving
    const options = {
      get signal() {
        return ctx.signal as AbortSignal
      },
    }
    if (role === undefined) {
      const run = runOn(engine, options)
      return (it, work) => run({ ...it, transaction: it.transaction || known.hasViews }, work)
    }
    const { headers, cookies } = ctx as unknown as { readonly [part in 'headers' | 'cookies']: { readonly [name: string]: string } }
    const { cookie: _, ...sent } = headers
    const searchPath = [...new Set([schema, 'public'])]
    return runAsRole(engine, { ...role, method: ctx.method, path, headers: sent, cookies: { ...cookies }, searchPath }, options)
  }

  #offers(method: string, table: Table | undefined, { set }: Known): boolean {
    if (method === 'OPTIONS') return true
    const permissions = table === undefined || set === undefined ? undefined : set.ofTable(table)?.permissions
    if (method === 'GET' || method === 'HEAD') return permissions === undefined || permissions.read !== undefined
    if (this.serving.readOnly) return false
    return permissions === undefined || writing[method as 'POST'].every((it) => permissions[it] !== undefined)
  }

  #refused(method: string, table: Table | undefined, known: Known): DataAnswer | undefined {
    if (this.#offers(method, table, known)) return undefined
    const error = this.serving.readOnly
      ? new DatabaseError('25006', 'This API is read-only', undefined, readOnlyHint)
      : new PostgrestError('PGRST117', `Unsupported HTTP method: ${method}`)
    const headers = [['Allow', this.methods(table, known).join(',')]] as const
    const answer = errorAnswer(error, { authenticated: true, rowDetails: false, headers })!
    return { ...answer, status: 405 }
  }

  async #ask(
    parts: DataRequestParts,
    ctx: DataContext,
    table: Table | undefined,
    known: Known,
    schema: string | undefined,
  ): Promise<DataAnswer> {
    const { limits, access, roles } = this.serving
    const role = await this.role(ctx)
    const failed = (error: unknown): void => ctx.log.error({ err: error, table: table?.name }, 'the database could not answer')
    const run = this.run(ctx, role, known, parts.path, schema ?? known.model.schemas[0]!)
    const { model, set } = known
    let answer: DataAnswer
    if (set === undefined) {
      const authenticated = roles === undefined ? ctx.user !== null : role!.role !== roles.anonRole
      answer = await serveRequest(parts, { model, access, authenticated, limits, run, failed })
    } else {
      const asker = new Asker(ctx, set, known.tables)
      const hooks = (it: Table): ReturnType<typeof writeHooks> => writeHooks(set.ofTable(it)!, ctx)
      const own = table === undefined ? undefined : set.ofTable(table)?.limits
      answer = await asker.settled(() =>
        serveRequest(parts, { model, access: asker, authenticated: ctx.user !== null, limits: own ?? limits, run, hooks, failed }),
      )
    }
    if (parts.method !== 'OPTIONS' || answer.status !== 200) return answer
    const allow = this.methods(table, known).join(',')
    return { ...answer, headers: answer.headers.map((it) => (it[0] === 'Allow' ? ['Allow', allow] : it)) }
  }
}

/** The schema that a request is about; undefined for one that is not served. */
export function schemaOf(ctx: Context, schemas: readonly string[]): string | undefined {
  const asked = asksForSchema(ctx)
  return asked === undefined ? schemas[0] : schemas.find((it) => it === asked)
}

function asksForSchema(ctx: Context): string | undefined {
  const reads = ctx.method === 'GET' || ctx.method === 'HEAD'
  return ctx.header(reads ? 'accept-profile' : 'content-profile')?.trim() || undefined
}

/** What is known of a model under policies, or without. */
export function knownOf(model: Model, set: CompiledResources | undefined): Known {
  const served = set?.model ?? model
  const hasViews = model.schemas.some((schema) => model.tables(schema).some((it) => it.kind === 'view'))
  return { model: served, set, tables: new Set(set?.all.map((it) => it.table)), hasViews }
}
