import { type AnyGuard, type App, type Context, core, guard, reply, type Reply } from 'plinth'
import { openapiDocument } from 'plinth/openapi'
import { describeOperation, type ResourceMethod } from '../describe/operation.ts'
import { describeTable } from '../describe/described-resource.ts'
import type { Table } from '../model/contract.ts'
import { errorAnswer } from '../respond/error-answer.ts'
import { answerOf } from '../rest/http-parts.ts'
import { plainKey } from '../rest/plain-form.ts'
import { Routes, summaries } from '../rest/routes.ts'
import { type Known, schemaOf, type ServedDatabase } from './served-database.ts'

/** What the document says of the API as a whole. */
export interface About {
  /** Where the API is mounted; empty at the root. */
  readonly prefix: string
  readonly title: string
  readonly tokens: boolean
  readonly maxRows: number
  readonly aggregates: boolean
  readonly unfilteredWrites: boolean
}

/** What whoever asks may do in the database, so that nobody is told of tables that are not for him. */
const grantsSql = `
SELECT c.relname AS name,
  has_any_column_privilege(c.oid, 'SELECT') AS "GET", has_any_column_privilege(c.oid, 'INSERT') AS "POST",
  has_any_column_privilege(c.oid, 'UPDATE') AS "PATCH", has_table_privilege(c.oid, 'DELETE') AS "DELETE",
  has_any_column_privilege(c.oid, 'INSERT') AND has_any_column_privilege(c.oid, 'UPDATE') AS "PUT"
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = $1 AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND has_schema_privilege(n.oid, 'USAGE')`

const all: readonly ResourceMethod[] = ['GET', 'POST', 'PATCH', 'PUT', 'DELETE']

/** The OpenAPI document of the tables that whoever asks may use, in the schema that `Accept-Profile` names. */
export async function documentOf(ctx: Context, served: ServedDatabase, known: Known, about: About): Promise<Reply<number, unknown>> {
  const schema = schemaOf(ctx, known.model.schemas) ?? known.model.schemas[0]!
  const role = await served.role(ctx)
  let grants: Map<unknown, { readonly [method: string]: unknown }>
  try {
    const run = served.run(ctx, role, known, '/', schema)
    const rows = await run({ transaction: true, readOnly: true }, (query) => query(grantsSql, [schema]))
    grants = new Map(rows.map((it) => [it['name'], it]))
  } catch (error) {
    const answer = errorAnswer(error, { authenticated: true, rowDetails: false })
    if (answer === undefined) throw error
    return answerOf(answer, ctx)
  }
  const guards = about.tokens ? [guard(() => {}, { name: 'bearer token', security: 'bearer' })] : []
  const routes = new Routes(core({ name: about.title }) as unknown as App<{}, {}>)
  for (const table of known.model.tables(schema)) {
    const offered = served.methods(table, known)
    const methods = all.filter((it) => offered.includes(it) && grants.get(table.name)?.[it] === true)
    // What can't stand in a template as it is would be described under another name.
    if (/^[\p{L}\p{N}_-]+$/u.test(table.name)) addTable(routes, table, known, methods, about, guards)
  }
  await using built = await routes.module.build({ services: false })
  const document = openapiDocument(built, {
    description: 'Tables in the request grammar of PostgREST.',
    servers: [{ url: about.prefix === '' ? '/' : about.prefix }],
  })
  return reply(200, JSON.stringify(document), {
    'content-type': 'application/openapi+json; charset=utf-8',
    'cache-control': 'no-cache',
    vary: 'Authorization, Accept-Profile',
  })
}

function addTable(
  routes: Routes,
  table: Table,
  { set, model }: Known,
  methods: readonly ResourceMethod[],
  about: About,
  guards: readonly AnyGuard[],
): void {
  const compiled = set?.ofTable(table)
  const ways = model.relationships(table).filter((it) => compiled === undefined || compiled.ways.has(it))
  const described = describeTable({
    name: table.name,
    table,
    rules: compiled?.columns.rules ?? new Map(),
    relations: [...new Set(ways.map((it) => it.target.name))],
    defaults: new Set(),
    maxRows: compiled?.maxRows ?? about.maxRows,
    aggregates: compiled === undefined ? about.aggregates : compiled.options.aggregates === true,
    unfilteredWrites: compiled === undefined ? about.unfilteredWrites : compiled.options.unfilteredWrites === true,
  })
  for (const method of methods) {
    const contract = (plain: boolean): object => ({
      guards,
      tags: [table.name],
      summary: `${summaries[method]} ${plain ? 'one of ' : ''}${table.name}`,
      ...(method === 'GET' || method === 'DELETE' ? {} : { body: 'bytes' }),
      openapi: () => describeOperation(described, method, plain),
    })
    routes.add(method, `/${table.name}`, contract(false), () => undefined)
    if (method === 'POST' || method === 'PUT' || plainKey(table) === undefined) continue
    routes.add(method, `/${table.name}/:id`, contract(true), () => undefined)
  }
}
