import type { Dispatch } from '../contract.ts'
import type { TrustProxy } from '../http/forwarded.ts'
import { environment } from '../internal/builtin.ts'
import { RouteConflict } from '../router/errors.ts'
import { TreeRouter } from '../router/tree-router.ts'
import { BuiltApplication, type BuiltFacts } from './application.ts'
import { BootError, type BootProblem } from './boot-error.ts'
import { Application, type Built } from './built.ts'
import { compileRoute } from './compile-route.ts'
import { Container } from './container.ts'
import type { Definition } from './definition.ts'
import { Dispatcher } from './dispatcher.ts'
import { Engine } from './engine.ts'
import { Events } from './events.ts'
import { Fallbacks } from './fallbacks.ts'
import { flatten, type FlatRoute } from './flatten.ts'
import type { Logger } from './logger.ts'
import type { Route } from './route.ts'
import { SharedParts } from './shared-parts.ts'
import type { ServiceDefinition } from './service.ts'
import type { ServiceInfo } from './service-info.ts'
import type { BuildOptions, Mode } from './types.ts'

/**
 * Define, then build, then serve. Checks everything that can be wrong before the first request, makes the services, and
 * freezes the result.
 * @throws {BootError} with every problem at once.
 */
export async function build(definition: Definition, options: BuildOptions): Promise<Built> {
  const mode = options.mode ?? definition.options.mode ?? modeOfEnvironment()
  const log = options.log ?? definition.options.log ?? silent
  const flat = flatten(definition)
  const problems: BootProblem[] = [...flat.problems, ...duplicateServices(flat.services)]

  const router = new TreeRouter<Route>()
  const shared = new SharedParts()
  const routes: Route[] = []
  for (const route of flat.routes) {
    const compiled = compileRoute(route, shared, problems)
    if (compiled && register(router, route, compiled, problems)) routes.push(compiled)
  }
  registerHeads(router, routes)

  const events = new Events((error) => log.error({ err: error }, 'a listener threw'))
  for (const { event, listener } of flat.listeners) events.on(event, listener)
  const container = new Container([...flat.provided, ...(options.replace ?? [])])
  const engine = new Engine(container, events, log)
  engine.idOf = flat.requestId
  const dispatcher = new Dispatcher(engine, router, new Fallbacks(flat.root, flat.scopes, router))
  const facts: BuiltFacts = {
    name: definition.name,
    mode,
    routes: Object.freeze(routes.map((it) => it.info)),
    services: Object.freeze(flat.services.map(infoOf)),
    modules: flat.modules,
    dispatch: await behind(definition.options.trustProxy, dispatcher.dispatch, problems),
  }
  const built = new BuiltApplication(facts, engine, router)
  container.provide(Application, built)

  if (options.services !== false) problems.push(...(await container.boot(flat.services)))
  if (problems.length > 0) {
    await container.dispose()
    throw new BootError(problems)
  }
  return built
}

/** Loaded only where somebody is trusted. */
async function behind(trusted: TrustProxy | undefined, dispatch: Dispatch, problems: BootProblem[]): Promise<Dispatch> {
  if (trusted === undefined) return dispatch
  const { behindProxies } = await import('../http/forwarded-incoming.ts')
  try {
    return behindProxies(trusted, dispatch)
  } catch (error) {
    const fix = "name the proxies, 'private' or ['10.0.0.0/8'] say, or their number, or leave it out"
    problems.push({ code: 'bad-trust-proxy', message: error instanceof Error ? error.message : String(error), fix })
    return dispatch
  }
}

function infoOf(it: ServiceDefinition<unknown>): ServiceInfo {
  return { name: it.name, scope: it.scope, lazy: it.lazy, service: it, describe: it.describe, site: it.site }
}

function modeOfEnvironment(): Mode {
  const named = environment()['NODE_ENV']
  return named === 'production' || named === 'test' ? named : 'development'
}

function register(router: TreeRouter<Route>, flat: FlatRoute, route: Route, problems: BootProblem[]): boolean {
  const { method } = flat.entry
  try {
    router.add(method, flat.template, route)
    return true
  } catch (error) {
    const conflict = error instanceof RouteConflict
    problems.push({
      code: conflict ? 'route-conflict' : 'bad-template',
      message: error instanceof Error ? error.message : String(error),
      fix: conflict ? 'remove one of them, or give them different paths' : 'write it as the message says',
      at: flat.entry.site.short(),
    })
    return false
  }
}

/**
 * HEAD is GET without the body (RFC 9110 §9.3.2): the same route, so the same guards. Of a GET with optional parameters the user may
 * have a HEAD of one path, and the others still want ours. A WebSocket is opened by GET alone.
 */
function registerHeads(router: TreeRouter<Route>, routes: readonly Route[]): void {
  for (const route of routes)
    if (route.info.method === 'GET' && route.info.contract.websocket === undefined) router.fill('HEAD', route.template, route)
}

function duplicateServices(services: readonly ServiceDefinition<unknown>[]): BootProblem[] {
  const seen = new Map<string, ServiceDefinition<unknown>>()
  const problems: BootProblem[] = []
  for (const it of services) {
    const known = seen.get(it.name)
    if (known && known !== it) {
      // Two calls of one function: `accessLog()` beside the one of `app()`, say. Their names are not the user's to change.
      const again = known.site.short() === it.site.short()
      problems.push({
        code: 'duplicate-service',
        message: again
          ? `The service '${it.name}' is made twice, by the same line`
          : `Two services are called '${it.name}'; the other is at ${known.site.short()}`,
        fix: again
          ? 'make or use it once; what app() has from the start takes its settings there, app({ accessLog: {} }) say'
          : 'give one of them another name',
        at: it.site.short(),
      })
    }
    seen.set(it.name, it)
  }
  return problems
}

const nothing = (): void => {}
const silent: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing, child: () => silent }
