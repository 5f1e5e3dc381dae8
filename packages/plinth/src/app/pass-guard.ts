import type { RequestContext } from './context.ts'
import { GuardDefinition } from './guard.ts'
import type { GuardRun } from './scope.ts'
import type { AnyGuard, Context } from './types.ts'

/** What a guard may not add: it would hide what the context itself offers. `user` it may. */
const reserved = new Set(
  (
    'use method path search template idempotent request signal deadline after log record requestId peer env header rawBody setHeader appendHeader setCookie ' +
    'params query headers cookies body reply incoming engine route pending source dispose hasScoped __proto__ constructor'
  ).split(' '),
)

/** Puts what a guard gave beside what the context has already. `again`: the guard may have stood before the route as well. */
export function addToContext(guard: Adding, ctx: RequestContext, added: unknown, again = false): void {
  // A guard that hands back the principal itself only narrows its type.
  if (added === null || typeof added !== 'object' || added === ctx.user) return
  const fields = ctx as unknown as Record<string, unknown>
  for (const key of Object.keys(added)) {
    const value = (added as Record<string, unknown>)[key]
    if (reserved.has(key)) throw new TypeError(`Guard '${guard.name}' adds '${key}', which every context has already: choose another name`)
    if (guard.adds !== undefined && key !== 'user' && !guard.adds.includes(key))
      throw new TypeError(`Guard '${guard.name}' adds '${key}', which its 'adds' does not list`)
    const known = guard.added.has(key)
    // `user` is narrowed by many; the same value, passed on by a guard that needs the first, is no clash either.
    if (key !== 'user' && fields[key] !== value && Object.hasOwn(fields, key) && !(again && known)) throw clash(guard, key, ctx)
    if (!known) guard.added.add(key)
    fields[key] = value
  }
}

type Adding = Pick<GuardRun, 'name' | 'adds' | 'added'>

/** What one guard has found must not be what another says in silence: the second may be about somebody else's tenant. */
function clash(guard: Adding, key: string, ctx: RequestContext): TypeError {
  const other = ctx.route.info.guards.find((it) => it !== guard && it.added.has(key))
  return new TypeError(
    `Guard '${guard.name}' of ${ctx.route.info.method} ${ctx.route.template} adds '${key}', which '${other?.name ?? 'another guard'}' has added before it: choose another name`,
  )
}

/** Whether `guard(…)` made a value. */
export function isGuard(value: unknown): value is AnyGuard {
  return value instanceof GuardDefinition
}

/** The guards that must have passed before a guard. */
export function guardNeeds(guard: AnyGuard): readonly AnyGuard[] {
  return (guard as unknown as GuardDefinition).needs as unknown as readonly AnyGuard[]
}

/**
 * Runs a guard where no route stands: before a row of a table, a tool, an event. Those that it needs run first, and what they add
 * is in the context from then on. Guards in `passed` have run already; those that run now are put into it. A guard passes by
 * methods that it does not stand before. Rejects with what it refuses with.
 */
export async function passGuard(guard: AnyGuard, ctx: Context, passed: Set<AnyGuard> = new Set()): Promise<void> {
  if (!isGuard(guard)) throw new TypeError('passGuard(…) takes what guard(…) made')
  if (passed.has(guard)) return
  for (const need of guardNeeds(guard)) await passGuard(need, ctx, passed)
  const definition = guard as unknown as GuardDefinition
  // HEAD is GET (RFC 9110 §9.3.2), before which it has the same guards.
  const method = ctx.method === 'HEAD' ? 'GET' : ctx.method
  if (definition.methods === undefined || definition.methods.includes(method)) {
    addToContext(definition, ctx as unknown as RequestContext, await definition.run(ctx), true)
  }
  passed.add(guard)
}
