import { type Context, reply, type Reply } from 'plinth'
import type { Column, Table } from '../model/contract.ts'
import { columnSchema } from './column-schema.ts'
import type { Known, ServedDatabase } from './served-database.ts'

interface About {
  /** Where the API is mounted; empty at the root. */
  readonly prefix: string
  readonly title: string
  readonly tokens: boolean
}

type Json = { readonly [name: string]: unknown }

interface Granted {
  readonly select: boolean
  readonly insert: boolean
  readonly update: boolean
  readonly delete: boolean
}

/** What whoever asks may do in the database, so that nobody is told of tables that are not for him. */
const grantsSql = `
SELECT n.nspname AS schema, c.relname AS name,
  has_any_column_privilege(c.oid, 'SELECT') AS "select", has_any_column_privilege(c.oid, 'INSERT') AS "insert",
  has_any_column_privilege(c.oid, 'UPDATE') AS "update", has_table_privilege(c.oid, 'DELETE') AS "delete"
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = ANY($1::text[]) AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND has_schema_privilege(n.oid, 'USAGE')`

/** The OpenAPI document of the tables that whoever asks may use. */
export async function documentOf(ctx: Context, served: ServedDatabase, known: Known, about: About): Promise<Reply<number, unknown>> {
  const role = await served.role(ctx)
  const { model } = known
  const run = served.run(ctx, role, known, ctx.path, model.schemas[0]!)
  const rows = await run({ transaction: true, readOnly: true }, (query) => query(grantsSql, [model.schemas]))
  const grants = new Map(rows.map((it) => [JSON.stringify([it['schema'], it['name']]), it as unknown as Granted]))
  const paths: { [path: string]: Json } = {}
  const schemas: { [name: string]: Json } = {}
  for (const schema of model.schemas) {
    for (const table of model.tables(schema)) {
      const granted = grants.get(JSON.stringify([schema, table.name]))
      const methods = served.methods(table, known).filter((it) => granted !== undefined && mayAsk(it, granted))
      if (!methods.includes('GET') && methods.length < 2) continue
      const described = new DescribedTable(table, known, methods, schema === model.schemas[0] ? undefined : schema)
      schemas[described.name] = described.schema()
      Object.assign(paths, described.paths())
    }
  }
  const text = JSON.stringify({
    openapi: '3.1.1',
    info: { title: about.title, version: '0.0.0', description: 'Tables in the request grammar of PostgREST.' },
    servers: [{ url: about.prefix === '' ? '/' : about.prefix }],
    paths,
    components: {
      schemas: { ...schemas, Error: errorSchema },
      parameters,
      responses: { Error: { description: 'Why not', content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } } } },
      ...(about.tokens && { securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } }),
    },
    ...(about.tokens && { security: [{}, { bearer: [] }] }),
  })
  return reply(200, text, { 'content-type': 'application/openapi+json; charset=utf-8', 'cache-control': 'no-cache', vary: 'Authorization' })
}

function mayAsk(method: string, granted: Granted): boolean {
  const of: { readonly [method: string]: boolean } = {
    GET: granted.select,
    HEAD: granted.select,
    POST: granted.insert,
    PATCH: granted.update,
    PUT: granted.insert && granted.update,
    DELETE: granted.delete,
  }
  return of[method] ?? true
}

const text = { type: 'string' }
const parameter = (name: string, description: string, schema: Json = text, where: string = 'query'): Json => ({
  name,
  in: where,
  description,
  schema,
})
const parameters = {
  select: parameter('select', 'Columns and embedded tables: `id,title,author:users(name)`'),
  order: parameter('order', '`created_at.desc.nullslast,id`'),
  limit: parameter('limit', 'Rows at most', { type: 'integer', minimum: 0 }),
  offset: parameter('offset', 'Rows to leave out first', { type: 'integer', minimum: 0 }),
  and: parameter('and', 'Conditions together: `(a.gt.1,or(b.eq.2,c.is.null))`'),
  or: parameter('or', 'Any of several conditions: `(a.eq.1,b.eq.2)`'),
  columns: parameter('columns', 'Which members of the body count'),
  on_conflict: parameter('on_conflict', 'Columns that tell which row is meant, for an upsert'),
  prefer: parameter('Prefer', '`count=exact`, `return=representation`, `resolution=merge-duplicates`, …', text, 'header'),
  range: parameter('Range', 'The same as `offset` and `limit`: `0-24`', text, 'header'),
}

const errorSchema = {
  type: 'object',
  required: ['code', 'message', 'details', 'hint'],
  properties: { code: text, message: text, details: {}, hint: { type: ['string', 'null'] } },
}

const ref = (kind: string, name: string): Json => ({ $ref: `#/components/${kind}/${name}` })
const named = (...names: (keyof typeof parameters)[]): Json[] => names.map((it) => ref('parameters', it))

/** One table in the document. */
class DescribedTable {
  /** Among the schemas; those that are not in the first schema have its name before theirs. */
  readonly name: string
  readonly #table: Table
  readonly #columns: readonly Column[]
  readonly #methods: readonly string[]
  readonly #profile: string | undefined

  constructor(table: Table, { set }: Known, methods: readonly string[], profile: string | undefined) {
    const rules = set?.ofTable(table)?.columns.rules
    this.name = (profile === undefined ? table.name : `${profile}.${table.name}`).replaceAll(/[^\w.-]/g, '_')
    this.#table = table
    // What depends on who asks is described: that there is such a column is no secret, only what nobody reads is.
    this.#columns = [...table.columns.values()].filter((it) => rules?.get(it.name)?.read !== false)
    this.#methods = methods
    this.#profile = profile
  }

  schema(): Json {
    const { comment } = this.#table
    const required = this.#columns.filter((it) => !it.nullable && !it.hasDefault && !it.generated && it.computed === undefined)
    return {
      type: 'object',
      ...(comment !== undefined && { description: comment }),
      ...(required.length > 0 && { required: required.map((it) => it.name) }),
      properties: Object.fromEntries(this.#columns.map((it) => [it.name, columnSchema(it)])),
    }
  }

  paths(): { [path: string]: Json } {
    const path = `/${encodeURIComponent(this.#table.name)}`
    const rows = { type: 'array', items: ref('schemas', this.name) }
    const content = (schema: Json): Json => ({ 'application/json': { schema } })
    const body = { required: true, content: content({ oneOf: [ref('schemas', this.name), rows] }) }
    const partial = { required: true, content: content({ type: 'object', properties: this.schema()['properties'] }) }
    const filters = this.#columns.map((it) => parameter(it.name, `A condition on it: \`eq.…\`, \`gt.…\`, \`in.(…)\`, \`not.is.null\` (${it.type})`))
    const answers = (status: string, description: string, schema?: Json): Json => ({
      [status]: { description, ...(schema !== undefined && { content: content(schema) }) },
      default: ref('responses', 'Error'),
    })
    const one: { [method: string]: Json } = {}
    const all: { [method: string]: Json } = {
      GET: {
        parameters: [...filters, ...named('select', 'order', 'limit', 'offset', 'and', 'or', 'range', 'prefer')],
        responses: { ...answers('200', 'Rows', rows), 206: { description: 'A part of the rows', content: content(rows) } },
      },
      POST: { parameters: named('columns', 'on_conflict', 'select', 'prefer'), requestBody: body, responses: answers('201', 'Added', rows) },
      PATCH: {
        parameters: [...filters, ...named('and', 'or', 'columns', 'select', 'prefer')],
        requestBody: partial,
        responses: answers('204', 'Changed'),
      },
      DELETE: { parameters: [...filters, ...named('and', 'or', 'select', 'prefer')], responses: answers('204', 'Deleted') },
      PUT: {
        parameters: [...filters.filter((it) => this.#table.primaryKey.includes(String(it['name']))), ...named('columns', 'select', 'prefer')],
        requestBody: body,
        responses: answers('204', 'Put'),
      },
    }
    const key = this.#table.primaryKey.length === 1 ? this.#table.columns.get(this.#table.primaryKey[0]!) : undefined
    if (key !== undefined) {
      const id = { ...parameter('id', `Its '${key.name}'`, columnSchema(key), 'path'), required: true }
      one['GET'] = { parameters: [id, ...named('select')], responses: answers('200', 'The row', ref('schemas', this.name)) }
      one['PATCH'] = { parameters: [id, ...named('select', 'prefer')], requestBody: partial, responses: answers('204', 'Changed') }
      one['DELETE'] = { parameters: [id, ...named('prefer')], responses: answers('204', 'Deleted') }
    }
    const described = { [path]: this.#operations(all, ''), [`${path}/{id}`]: this.#operations(one, 'One') }
    for (const [it, operations] of Object.entries(described)) if (Object.keys(operations).length === 0) delete described[it]
    if (this.#profile === undefined) return described
    // A path stands for one table: those of other schemas are told apart by a mark that no server reads.
    return Object.fromEntries(Object.entries(described).map(([it, operations]) => [`${it}#${this.#profile}`, operations]))
  }

  #operations(of: { readonly [method: string]: Json }, suffix: string): Json {
    const header = (method: string): Json[] =>
      this.#profile === undefined
        ? []
        : [{ ...parameter(method === 'GET' ? 'Accept-Profile' : 'Content-Profile', 'The schema', { const: this.#profile }, 'header'), required: true }]
    return Object.fromEntries(
      Object.entries(of)
        .filter(([method]) => this.#methods.includes(method))
        .map(([method, it]) => [
          method.toLowerCase(),
          {
            operationId: `${method.toLowerCase()}${suffix}_${this.name}`,
            tags: [this.name],
            ...it,
            parameters: [...(it['parameters'] as Json[]), ...header(method)],
          },
        ]),
    )
  }
}
