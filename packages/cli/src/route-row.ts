import type { Built, RouteInfo } from 'plinth'
import { definedAt } from './inner-folders.ts'

/** A route as `plinth routes` tells it. */
export interface RouteRow {
  readonly method: string
  readonly template: string
  /** Those that decide about access, in the order in which they run. */
  readonly guards: readonly string[]
  /** Those that protect every route, also open ones. */
  readonly protection: readonly string[]
  readonly open: boolean
  /** No guard and not `open`, in an application that has guards elsewhere: forgotten, perhaps. */
  readonly unguarded: boolean
  readonly modules: readonly string[]
  readonly summary: string | undefined
  readonly version: string | undefined
  /** Not in the documentation. */
  readonly hidden: boolean
  /** `routes/users.ts:12:5`; of what a package defines, its name. */
  readonly at: string
}

const access = (route: RouteInfo): readonly string[] => route.guards.filter((it) => !it.always).map((it) => it.name)

export function routeRows({ routes }: Pick<Built, 'routes'>, inner: readonly string[] = []): readonly RouteRow[] {
  const guarded = routes.some((route) => access(route).length > 0)
  return routes.map((route) => {
    const guards = access(route)
    return {
      method: route.method,
      template: route.template,
      guards,
      protection: route.guards.filter((it) => it.always).map((it) => it.name),
      open: route.open,
      unguarded: guarded && !route.open && guards.length === 0,
      modules: route.modules,
      summary: route.contract.summary,
      version: route.version,
      hidden: route.contract.hidden === true,
      at: definedAt(route.site.short(), inner),
    }
  })
}
