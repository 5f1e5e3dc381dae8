import { BootError, type BootProblem } from './boot-error.ts'
import { type Service, ServiceDefinition } from './service.ts'
import { ServiceError } from './service-error.ts'
import { isThenable } from '../internal/thenable.ts'
import type { Context, Replacement, Use } from './types.ts'

type Definition = ServiceDefinition<unknown>
type Path = readonly Definition[]

/** Thrown through `use` while booting: what was asked for is still being made. Caught by the container, never by users. */
class StillMaking {
  readonly definition: Definition
  readonly ready: Promise<unknown>
  constructor(definition: Definition, ready: Promise<unknown>) {
    this.definition = definition
    this.ready = ready
  }
}

function spell(path: Path): string {
  return path.map((it) => it.name).join(' → ')
}

/** Errors that say themselves what is wrong: a service may throw a `BootError` with several problems of its own. */
function known(error: unknown): boolean {
  return error instanceof ServiceError || error instanceof BootError
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function notAService(given: unknown, path: Path): ServiceError {
  return new ServiceError(
    'not-a-service',
    `use(…)${path.length > 0 ? ` in ${spell(path)}` : ''} was given ${given === undefined ? 'undefined' : 'what service(…) did not make'}`,
    'pass the service itself; where it is undefined, two files import each other',
    path.at(-1)?.site.short(),
  )
}

/** Makes services, remembers them, and disposes them in the reverse order of making. */
export class Container {
  readonly #made = new Map<Definition, unknown>()
  /** Each until it is made for good, through every new attempt: who asks in between must not begin a second one. */
  readonly #making = new Map<Definition, Promise<unknown>>()
  /** What a service under way waits for. */
  readonly #waiting = new Map<Definition, Definition>()
  readonly #order: Definition[] = []
  readonly #replaced = new Set<Definition>()
  #disposed = false

  constructor(replacements: readonly Replacement[]) {
    for (const { service, value } of replacements) this.provide(service, value)
  }

  /** Sets a value in the place of a service. What was not made here is not disposed here. */
  provide<T>(service: Service<T>, value: T): void {
    this.#made.set(service as Definition, value)
    this.#replaced.add(service as Definition)
  }

  /** Makes services one after another, so that the order of disposal is plain; gives what failed, each with the path that led there. */
  async boot(services: readonly Definition[]): Promise<BootProblem[]> {
    const problems: BootProblem[] = []
    const failed = new Set<string>()
    for (const it of services) {
      if (it.lazy || it.scope === 'request') continue
      try {
        await this.#make(it, [])
      } catch (error) {
        const several = error instanceof BootError ? error.problems : [error instanceof ServiceError ? error : this.#failure(it, [], error)]
        for (const { code, message, fix, at, cause } of several) {
          // Two services that stand on the same broken one are one problem, told once.
          if (!failed.has(message)) problems.push({ code, message, fix, at, cause })
          failed.add(message)
        }
      }
    }
    return problems
  }

  /** A service of scope `app`, made now if it can be made without waiting. */
  get<T>(service: Service<T>): T {
    const definition = service as Definition
    const made = this.#made.get(definition)
    if (made !== undefined || this.#made.has(definition)) return made as T
    return this.#now(definition, []) as T
  }

  has(service: Service<unknown>): boolean {
    return this.#made.has(service as Definition)
  }

  /** Disposes everything that was made here, the last first. Gives the errors of those that failed. */
  async dispose(): Promise<unknown[]> {
    if (this.#disposed) return []
    this.#disposed = true
    const errors: unknown[] = []
    for (const it of this.#order.reverse()) {
      try {
        await it.dispose?.(this.#made.get(it))
      } catch (error) {
        errors.push(error)
      }
    }
    return errors
  }

  /** Makes a service of scope `request`; `make` may ask for any other. */
  makeScoped(definition: Definition, ctx: Context, path: Path, find: Use): unknown {
    if (path.includes(definition)) throw this.#cycle(definition, path)
    if (!definition.make) throw this.#absent(definition, path)
    const value = definition.make({ use: find, ctx } as { use: Use })
    if (isThenable(value)) {
      value.then(undefined, () => {})
      throw new ServiceError(
        'service-async-in-request',
        `Service '${definition.name}' is made asynchronously, but a request can't wait in 'use'`,
        `make it synchronously and let its methods be asynchronous`,
        definition.site.short(),
      )
    }
    return value
  }

  #start(definition: Definition, path: Path): unknown {
    if (path.includes(definition)) throw this.#cycle(definition, path)
    if (definition.scope === 'request') {
      throw new ServiceError(
        'service-captive',
        `Service '${path.at(-1)?.name ?? '?'}' lives as long as the application, but asks for '${definition.name}', which is made for each request`,
        `give '${path.at(-1)?.name ?? '?'}' the scope 'request' too, or pass what it needs as an argument`,
        (path.at(-1) ?? definition).site.short(),
      )
    }
    if (!definition.make) throw this.#absent(definition, path)
    const below = [...path, definition]
    const use: Use = (service) => this.#found(service as Definition, below) as never
    return definition.make({ use })
  }

  #found(definition: Definition, path: Path): unknown {
    if (this.#made.has(definition)) return this.#made.get(definition)
    if (!(definition instanceof ServiceDefinition)) throw notAService(definition, path)
    if (path.includes(definition)) throw this.#cycle(definition, path)
    const making = this.#making.get(definition)
    if (making) throw new StillMaking(definition, making)
    const value = this.#guarded(definition, path)
    if (isThenable(value)) throw new StillMaking(definition, this.#track(definition, this.#settle(definition, path, value)))
    return this.#keep(definition, value)
  }

  #guarded(definition: Definition, path: Path): unknown {
    try {
      return this.#start(definition, path)
    } catch (error) {
      if (error instanceof StillMaking || known(error)) throw error
      throw this.#failure(definition, path, error)
    }
  }

  #make(definition: Definition, path: Path): unknown {
    if (this.#made.has(definition)) return this.#made.get(definition)
    return this.#making.get(definition) ?? this.#track(definition, this.#settle(definition, path))
  }

  /** Awaits what was begun, or begins; and again, each time that something it asked for was not ready. */
  async #settle(definition: Definition, path: Path, begun?: PromiseLike<unknown>): Promise<unknown> {
    for (let pending = begun; ; pending = undefined) {
      try {
        const value = pending ?? this.#guarded(definition, path)
        return this.#keep(definition, isThenable(value) ? await value : value)
      } catch (error) {
        if (!(error instanceof StillMaking)) throw known(error) ? error : this.#failure(definition, path, error)
        await this.#wait(definition, error)
      }
    }
  }

  #track(definition: Definition, work: Promise<unknown>): Promise<unknown> {
    this.#making.set(definition, work)
    const over = (): void => void this.#making.delete(definition)
    work.then(over, over)
    return work
  }

  /** Two that were begun apart may come to wait for each other, which no path of either shows. */
  async #wait(definition: Definition, { definition: needed, ready }: StillMaking): Promise<void> {
    const chain = [definition]
    for (let it: Definition | undefined = needed; it !== undefined; it = this.#waiting.get(it)) {
      if (it === definition) throw this.#cycle(definition, chain)
      chain.push(it)
    }
    this.#waiting.set(definition, needed)
    try {
      await ready
    } finally {
      this.#waiting.delete(definition)
    }
  }

  #now(definition: Definition, path: Path): unknown {
    try {
      return this.#found(definition, path)
    } catch (error) {
      if (!(error instanceof StillMaking)) throw error
      throw new ServiceError(
        'service-not-booted',
        `Service '${definition.name}' is made asynchronously (or stands on one that is) and was not made at boot`,
        `list it in the application: app().use(${definition.name})`,
        definition.site.short(),
      )
    }
  }

  #keep(definition: Definition, value: unknown): unknown {
    this.#made.set(definition, value)
    this.#order.push(definition)
    return value
  }

  #cycle(definition: Definition, path: Path): ServiceError {
    const loop = [...path.slice(path.indexOf(definition)), definition]
    return new ServiceError(
      'service-cycle',
      `Services ask for each other in a circle: ${spell(loop)}`,
      `let one of them take what it needs as an argument of its methods, or move the shared part into a third service`,
      definition.site.short(),
    )
  }

  #absent(definition: Definition, path: Path): ServiceError {
    return new ServiceError(
      'service-missing',
      `Nothing provides the service '${definition.name}'${path.length > 0 ? `, which ${spell(path)} asks for` : ''}`,
      `use the starter that provides it, or pass ${definition.name}.with(…) in 'provide'`,
      definition.site.short(),
    )
  }

  #failure(definition: Definition, path: Path, error: unknown): ServiceError {
    const led = path.length > 0 ? ` (asked for by ${spell(path)})` : ''
    return new ServiceError(
      'service-failed',
      `Service '${definition.name}' threw while it was made${led}: ${reason(error)}`,
      `mend what it says; the stack is in the cause`,
      definition.site.short(),
      error,
    )
  }
}
