import type { Built, RouteInfo } from '../app/index.ts'
import { capital, OperationIds } from './operation-id.ts'
import { withParts } from './operation-parts.ts'
import { type OperationPath, OperationPaths } from './operation-paths.ts'
import { parametersOf } from './parameters.ts'
import { requestBodyOf } from './request-body.ts'
import { Responses } from './responses.ts'
import { Schemas } from './schemas.ts'
import { schemeOf, securityOf } from './security.ts'
import type { ComponentsObject, DocumentOptions, OpenapiDocument, OperationObject } from './types.ts'
import { routesOf, versionsOf } from './versions.ts'

/**
 * The OpenAPI 3.1 document of an application: every route that isn't hidden, with what it reads and all that it may answer.
 * The same application gives the same document.
 *
 * Without `version` it shows the routes without a version and those of the newest (`options.current`); with one, that
 * version's instead.
 * @throws {RangeError} when no route has that version.
 * @throws {TypeError} when a guard names a security scheme that `options.securitySchemes` lacks.
 */
export function openapiDocument(built: Pick<Built, 'name' | 'routes'>, options: DocumentOptions = {}, version?: string): OpenapiDocument {
  const versions = versionsOf(built.routes)
  const shown = version ?? options.current ?? versions[0]
  if (shown !== undefined && !versions.includes(shown)) {
    throw new RangeError(
      `No route has the version '${shown}'; ${versions.length === 0 ? 'none has any' : `there are ${versions.join(', ')}`}`,
    )
  }
  const routes = routesOf(built.routes, shown)
  const schemas = new Schemas(routes)
  const responses = new Responses(schemas)
  const paths = new OperationPaths()
  const ids = new OperationIds()
  const used = new Set<string>()
  const items: { [path: string]: { [method: string]: OperationObject } } = {}
  for (const route of routes) {
    for (const path of paths.of(route.template)) {
      const item = (items[path.path] ??= {})
      const method = route.method.toLowerCase()
      item[method] = operation(route, path, ids.next(route.method, path.path, route.contract.id, path.without), schemas, responses)
      for (const tag of route.tags) used.add(tag)
    }
  }
  const tags = tagsOf(used, options.tags ?? {})
  const components = componentsOf(routes, options, schemas, responses)
  return {
    openapi: '3.1.1',
    info: {
      title: options.title ?? built.name,
      version: version ?? options.version ?? shown ?? '0.0.0',
      ...defined({ summary: options.summary, description: options.description, license: options.license, contact: options.contact }),
    },
    servers: options.servers ?? [{ url: '/' }],
    ...(tags.length > 0 ? { tags } : undefined),
    paths: items,
    ...(Object.keys(components).length > 0 ? { components } : undefined),
  }
}

function operation(route: RouteInfo, path: OperationPath, operationId: string, schemas: Schemas, responses: Responses): OperationObject {
  const { summary, description } = route.contract
  const hint = capital(operationId)
  const parameters = parametersOf(route, path, schemas, hint)
  const operation: OperationObject = {
    operationId,
    ...defined({ summary, description }),
    ...(route.tags.length > 0 ? { tags: route.tags } : undefined),
    ...(route.deprecated === undefined || route.deprecated === false ? undefined : { deprecated: true }),
    ...defined({ 'x-sunset': route.sunset }),
    ...(parameters.length > 0 ? { parameters } : undefined),
    ...defined({ requestBody: requestBodyOf(route, schemas, hint) }),
    responses: responses.of(route, hint),
    security: securityOf(route),
  }
  return withParts(operation, route, schemas, hint)
}

function tagsOf(used: ReadonlySet<string>, described: { readonly [tag: string]: string }): OpenapiDocument['tags'] & object {
  const first = Object.keys(described).filter((name) => used.has(name))
  const others = [...used].filter((name) => !Object.hasOwn(described, name)).sort()
  return [...first.map((name) => ({ name, description: described[name] as string })), ...others.map((name) => ({ name }))]
}

function componentsOf(routes: readonly RouteInfo[], options: DocumentOptions, schemas: Schemas, responses: Responses): ComponentsObject {
  const named = [...new Set(routes.flatMap((route) => securityOf(route).flatMap((it) => Object.keys(it))))]
  const securitySchemes = Object.fromEntries(named.sort().map((name) => [name, schemeOf(name, options)]))
  const parts = { schemas: sorted(schemas.components), responses: sorted(responses.components), securitySchemes }
  return Object.fromEntries(Object.entries(parts).filter(([, part]) => Object.keys(part).length > 0))
}

/** By name: a route more somewhere should not move everything else. */
function sorted<T>(components: { readonly [name: string]: T }): { [name: string]: T } {
  return Object.fromEntries(Object.entries(components).sort(([a], [b]) => (a < b ? -1 : 1)))
}

function defined<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>
  }
}
