import type { Incoming } from '../contract.ts'
import type { Bag } from '../http/bag.ts'
import { type CookieAttributes, parseCookies, serializeCookie } from '../http/cookies.ts'
import type { SourceLife } from '../http/frame-stream.ts'
import { checkHeader } from '../http/header-value.ts'
import { parseQuery, type QueryValues } from '../http/query.ts'
import { reply } from '../http/reply.ts'
import { webRequest } from '../http/web-request.ts'
import type { RequestNotes } from './record.ts'
import type { Logger } from './logger.ts'
import type { Route } from './route.ts'
import { ServiceDefinition, type Service } from './service.ts'
import type { Engine } from './engine.ts'
import type { Principal } from '../register.ts'
import type { Use } from './types.ts'

type Params = { [name: string]: unknown }

/**
 * One request while it is handled. Parts are made when first asked for, and methods are handed out bound, since handlers
 * take them apart: `({ use, reply }) => …`.
 */
export class RequestContext {
  readonly incoming: Incoming
  readonly engine: Engine
  readonly route: Route
  user: Principal | null
  /** Set by validation. */
  body: unknown = undefined
  record: RequestNotes | undefined = undefined
  /** Header lines that guards and handlers asked for, whatever becomes the answer. */
  pending: PendingHeader[] | undefined = undefined
  /** The generator that the answer's body is read from, where it is one. */
  source: SourceLife | undefined = undefined
  readonly #values: readonly (string | undefined)[]
  #params: unknown = undefined
  #query: unknown = undefined
  #headers: unknown = undefined
  #cookies: unknown = undefined
  #request: Request | undefined = undefined
  #requestId: string | undefined = undefined
  #log: Logger | undefined = undefined
  #due: number | undefined = undefined
  #use: Use | undefined = undefined
  #scoped: Map<ServiceDefinition<unknown>, unknown> | undefined = undefined

  constructor(engine: Engine, route: Route, incoming: Incoming, values: readonly (string | undefined)[]) {
    this.engine = engine
    this.route = route
    this.incoming = incoming
    this.#values = values
    this.user = (incoming.principal ?? null) as Principal | null
  }

  /**
   * The deadline on the clock of `performance`. Read first by whoever waits, before it waits: a handler that answers at once never
   * looks at the clock.
   */
  static due(ctx: RequestContext): number {
    const { timeout } = ctx.route.frame
    return (ctx.#due ??= timeout === 0 ? Infinity : performance.now() + timeout)
  }

  get method(): string {
    return this.incoming.method
  }
  get path(): string {
    return this.incoming.path
  }
  get search(): string {
    return this.incoming.search
  }
  get template(): string {
    return this.route.template
  }
  get idempotent(): boolean | 'required' {
    return this.route.info.contract.idempotent ?? false
  }
  get peer(): Incoming['peer'] {
    return this.incoming.peer
  }
  get env(): unknown {
    return this.incoming.env
  }
  get deadline(): number {
    return Math.floor(RequestContext.due(this) - performance.now() + Date.now())
  }
  get signal(): AbortSignal {
    return this.incoming.signal
  }
  get requestId(): string {
    return (this.#requestId ??= this.engine.requestId(this.incoming))
  }
  get log(): Logger {
    return (this.#log ??= this.engine.log.child({ requestId: this.requestId, route: this.route.template, ...this.record?.logFields }))
  }
  get request(): Request {
    return (this.#request ??= webRequest(this.incoming, this.route.info.bodyLimit))
  }
  get rawBody(): () => Promise<Uint8Array> {
    return () => this.incoming.gather(this.route.info.bodyLimit)
  }
  get reply(): typeof reply {
    return reply
  }

  get params(): unknown {
    if (this.#params === undefined) {
      const made: Params = {}
      const names = this.route.names
      for (let i = 0; i < names.length; i++) {
        const value = this.#values[i]
        if (value !== undefined) made[names[i] as string] = value
      }
      this.#params = made
    }
    return this.#params
  }
  set params(value: unknown) {
    this.#params = value
  }
  get query(): unknown {
    return (this.#query ??= parseQuery(this.incoming.search) satisfies QueryValues)
  }
  set query(value: unknown) {
    this.#query = value
  }
  get headers(): unknown {
    return (this.#headers ??= Object.fromEntries(this.incoming.headers()))
  }
  set headers(value: unknown) {
    this.#headers = value
  }
  get cookies(): unknown {
    return (this.#cookies ??= parseCookies(this.incoming.header('cookie')) satisfies Bag<string>)
  }
  set cookies(value: unknown) {
    this.#cookies = value
  }

  get use(): Use {
    return (this.#use ??= <T>(service: Service<T>): T => this.#find(service))
  }
  get header(): (name: string) => string | undefined {
    return (name) => this.incoming.header(name)
  }
  get after(): (work: Promise<unknown>) => void {
    return (work) => this.engine.after(work, this)
  }
  get setHeader(): (name: string, value: string) => void {
    return (name, value) => this.#head(name, value, true)
  }
  get appendHeader(): (name: string, value: string) => void {
    return (name, value) => this.#head(name, value, false)
  }
  get setCookie(): (name: string, value: string, attributes?: CookieAttributes) => void {
    return (name, value, attributes) => this.#head('set-cookie', serializeCookie(name, value, attributes), false)
  }

  /** Disposes what was made for this request alone, the last first. */
  async dispose(): Promise<void> {
    const scoped = this.#scoped ?? []
    // Taken off first: what is asked for while these are disposed is made anew, for the next call.
    this.#scoped = undefined
    for (const [definition, value] of [...scoped].reverse()) {
      try {
        await definition.dispose?.(value)
      } catch (error) {
        this.log.error({ err: error, service: definition.name }, 'a service failed to dispose')
      }
    }
  }

  get hasScoped(): boolean {
    return this.#scoped !== undefined
  }

  #head(name: string, value: string, replace: boolean): void {
    const lower = name.toLowerCase()
    checkHeader(lower, value)
    ;(this.pending ??= []).push({ name: lower, value, replace })
  }

  #find<T>(service: Service<T>): T {
    if (service instanceof ServiceDefinition && service.scope === 'request') return this.#scopedService(service, []) as T
    return this.engine.container.get(service)
  }

  #scopedService(definition: ServiceDefinition<unknown>, path: readonly ServiceDefinition<unknown>[]): unknown {
    const container = this.engine.container
    if (container.has(definition)) return container.get(definition)
    const scoped = (this.#scoped ??= new Map())
    if (scoped.has(definition)) return scoped.get(definition)
    const below = [...path, definition]
    const use = ((it: Service<unknown>) =>
      it instanceof ServiceDefinition && it.scope === 'request' ? this.#scopedService(it, below) : container.get(it)) as Use
    const value = container.makeScoped(definition, this as never, path, use)
    scoped.set(definition, value)
    return value
  }
}

interface PendingHeader {
  readonly name: string
  readonly value: string
  readonly replace: boolean
}
