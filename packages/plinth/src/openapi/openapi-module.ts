import {
  type App,
  type AnyGuard,
  Application,
  type Context,
  type FileOptions,
  file,
  hasEtag,
  module,
  problem,
  reply,
  service,
} from '../app/index.ts'
import { Documents } from './documents.ts'
import type { Access, OpenapiOptions } from './types.ts'
import { requireObject } from '../internal/arguments.ts'

/**
 * Describes the application that uses it: `/openapi.json` and, for each API version, `/openapi/{version}.json`; `/docs` for
 * people, with `/docs?version=…`. None of these is in the documents.
 *
 * In production neither is there unless `docs` or `document` says so: `true`, or guards that also stand in development. Guards
 * of the application don't stand before them.
 *
 * ```ts
 * app().use(openapi({ title: 'Shop', docs: { guards: [staff] } }))
 * ```
 * The application does not start when a guard names a security scheme that `securitySchemes` lacks, nor when no route has the
 * version `current`.
 */
export function openapi(options: OpenapiOptions = {}): App<{}, {}> {
  requireObject('openapi: options', options)
  const docs = new Door(options.docs)
  const document = new Door(options.document ?? options.docs)
  const AllDocuments = service('openapi', ({ use }) => new Documents(use(Application), options))
  const made = module('openapi').use(AllDocuments)

  const send = async (ctx: Context, version: string | undefined): Promise<unknown> => {
    document.check(ctx)
    const documents = ctx.use(AllDocuments)
    if (!documents.has(version)) throw problem('not-found')
    const { text, etag } = await documents.text(version)
    const headers = { etag, 'cache-control': 'no-cache' }
    const known = ctx.header('if-none-match')
    if (known !== undefined && hasEtag(known, etag, 'weak')) return reply(304, null, headers)
    return reply(200, text, { ...headers, 'content-type': 'application/json; charset=utf-8' })
  }
  if (!document.isShut) {
    made
      .get('/openapi.json', document.contract, (ctx) => send(ctx, undefined))
      .get('/openapi/:file', document.contract, (ctx) => {
        const name = (ctx.params as { readonly file: string }).file
        if (!name.endsWith('.json')) throw problem('not-found')
        return send(ctx, name.slice(0, -'.json'.length))
      })
  }
  if (!docs.isShut) addDocs(made, docs, (ctx) => ctx.use(AllDocuments))
  return made as App<{}, {}>
}

function addDocs(made: App<{}, {}>, door: Door, documentsOf: (ctx: Context) => Documents): void {
  let assets: Promise<ReadonlyMap<string, string> | undefined> | undefined
  const files = (): Promise<ReadonlyMap<string, string> | undefined> =>
    (assets ??= import('./assets.ts').then(({ assetPaths }) => assetPaths()))
  made
    .get('/docs', door.contract, async (ctx) => {
      door.check(ctx)
      const documents = documentsOf(ctx)
      const { version } = ctx.query as { readonly version?: unknown }
      if (version !== undefined && (typeof version !== 'string' || !documents.has(version))) throw problem('not-found')
      const { docsPage, docsPolicy, plainPage } = await import('./docs-page.ts')
      const page = (await files()) === undefined ? await plainPage(documents, version) : await docsPage(documents, version)
      return reply(200, page, { 'content-security-policy': docsPolicy(documents.servers), 'cache-control': 'no-cache' })
    })
    .get('/docs/:asset', door.contract, async (ctx) => {
      door.check(ctx)
      const path = (await files())?.get((ctx.params as { readonly asset: string }).asset)
      if (path === undefined) throw problem('not-found')
      return file(path, assetOptions)
    })
}

const assetOptions: FileOptions = { cache: 'no-cache' }

/** Who may come in, for a page and what belongs to it. */
class Door {
  readonly isShut: boolean
  /** `open`: the guards of the application are for its own routes. */
  readonly contract: { readonly hidden: true; readonly open: true; readonly guards: readonly [] }
  readonly #isForced: boolean

  constructor(access: Access | undefined) {
    this.isShut = access === false
    this.#isForced = access !== undefined
    const guards: readonly AnyGuard[] = typeof access === 'object' ? access.guards : []
    // What the guards add to the context is of no use here, so their types may be forgotten.
    this.contract = { hidden: true, open: true, guards: guards as readonly [] }
  }

  /** Where nobody decided, production answers as if there were no such path. */
  check(ctx: Context): void {
    if (!this.#isForced && ctx.use(Application).mode === 'production') throw problem('not-found')
  }
}
