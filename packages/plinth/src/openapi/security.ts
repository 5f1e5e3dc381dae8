import type { RouteInfo } from '../app/index.ts'
import type { DocumentOptions, SecurityScheme } from './types.ts'

/** Those that need no saying where the credentials stand (RFC 6750, RFC 7617). */
const known: { readonly [name: string]: SecurityScheme } = {
  bearer: { type: 'http', scheme: 'bearer' },
  basic: { type: 'http', scheme: 'basic' },
}

/** Every guard has to pass, so what they name is wanted together. A route without such a guard wants nothing: `[]`. */
export function securityOf(route: RouteInfo): readonly { readonly [scheme: string]: readonly string[] }[] {
  const names = new Set(route.guards.flatMap((it) => (it.security === undefined ? [] : [it.security])))
  return names.size === 0 ? [] : [Object.fromEntries([...names].map((name) => [name, []]))]
}

/** @throws {TypeError} when nobody said what the name stands for. */
export function schemeOf(name: string, options: DocumentOptions): SecurityScheme {
  const { securitySchemes = {} } = options
  const scheme = Object.hasOwn(securitySchemes, name) ? securitySchemes[name] : Object.hasOwn(known, name) ? known[name] : undefined
  if (scheme !== undefined) return scheme
  throw new TypeError(
    `A guard names the security scheme '${name}', which nothing describes: openapi({ securitySchemes: { '${name}': { type: 'http', scheme: 'bearer' } } })`,
  )
}
