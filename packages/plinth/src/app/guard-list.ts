import type { BootProblem } from './boot-error.ts'
import { GuardDefinition } from './guard.ts'
import type { Site } from './site.ts'

const ranks: readonly GuardDefinition['always'][] = [true, 'identified', false]

/**
 * Those that stand before routes of `method`, as they run. Protection comes before access: a refused origin must not reach a guard
 * that touches a session. A mount takes every method, so every guard stands before it.
 */
export function inOrder(guards: readonly GuardDefinition[], method: string): readonly GuardDefinition[] {
  const standing = guards.filter((it) => it.methods === undefined || method === '*' || it.methods.includes(method))
  return ranks.flatMap((rank) => standing.filter((it) => it.always === rank))
}

/** Where guards are listed, and what stands before them there. */
export interface GuardPlace {
  readonly before: readonly GuardDefinition[]
  /** `GET /users`, `module 'shop'`; left out for a guard on its own. */
  readonly where?: string
  readonly site: Site
}

/** The guards that a route or module lists; none of them where the list itself is wrong. */
export function guardList(listed: unknown, place: GuardPlace, problems: BootProblem[]): readonly GuardDefinition[] {
  const guards: unknown = listed ?? []
  if (!Array.isArray(guards) || !guards.every((it) => it instanceof GuardDefinition)) {
    problems.push({
      code: 'not-a-guard',
      message: Array.isArray(guards)
        ? `${place.where} lists something in 'guards' that guard(…) did not make`
        : `${place.where}: 'guards' is not a list`,
      fix: 'write guards: [guard((ctx) => …)]',
      at: place.site.short(),
    })
    return []
  }
  checkGuards(guards, place, problems)
  return guards
}

/** Each guard must find what it needs before it, on every route that it stands before. */
export function checkGuards(guards: readonly GuardDefinition[], { before, where, site }: GuardPlace, problems: BootProblem[]): void {
  const met = new Set(before)
  const adders = new Map(before.flatMap((it) => (it.adds ?? []).map((name) => [name, it] as const)))
  for (const guard of guards) {
    checkMethods(guard, problems)
    for (const name of guard.adds ?? []) {
      const other = adders.get(name) ?? guard
      adders.set(name, other)
      if (other === guard) continue
      problems.push({
        code: 'guard-adds-twice',
        message: `Guard '${guard.name}'${where === undefined ? '' : ` of ${where}`} adds '${name}', and so does '${other.name}' before it`,
        fix: 'let one of them add it under another name, or keep one of the two',
        at: site.short(),
      })
    }
    for (const need of guard.needs) {
      checkNeed(guard, need, problems)
      if (met.has(need)) continue
      problems.push({
        code: 'guard-needs',
        message: `Guard '${guard.name}'${where === undefined ? '' : ` of ${where}`} needs '${need.name}' before it`,
        fix: `put '${need.name}' before it in 'guards', or call .guard(${need.name}) on the module first`,
        at: site.short(),
      })
    }
    met.add(guard)
  }
}

/**
 * Two guards under one name: `plinth routes` and boot errors could not say which is meant. Those of one place in the code are the
 * calls of one function, `role('admin')` on two routes say, and no mistake.
 */
export function duplicateGuards(guards: ReadonlySet<GuardDefinition>): readonly BootProblem[] {
  const seen = new Map<string, GuardDefinition>()
  const told = new Set<string>()
  const problems: BootProblem[] = []
  for (const guard of guards) {
    const at = guard.site.short()
    const known = seen.get(guard.name) ?? guard
    seen.set(guard.name, known)
    if (known.site.short() === at || told.has(`${guard.name} ${at}`)) continue
    told.add(`${guard.name} ${at}`)
    problems.push({
      code: 'duplicate-guard',
      message: `Two guards are called '${guard.name}'; the other is at ${known.site.short()}`,
      fix: "give one of them another name: guard(…, { name: '…' })",
      at,
    })
  }
  return problems
}

function checkNeed(guard: GuardDefinition, need: GuardDefinition, problems: BootProblem[]): void {
  if (ranks.indexOf(need.always) > ranks.indexOf(guard.always)) {
    problems.push({
      code: 'guard-needs-later',
      message: `Guard '${guard.name}' is always: ${guard.always} and so runs before '${need.name}', which it needs, and on routes where that does not stand`,
      fix: `give '${need.name}' always: ${guard.always} too, or take it from '${guard.name}'`,
      at: guard.site.short(),
    })
  }
  if (need.methods !== undefined) {
    problems.push({
      code: 'guard-needs-sometimes',
      message: `Guard '${guard.name}' needs '${need.name}', which stands before ${need.methods.join(', ')} alone`,
      fix: `take 'methods' from '${need.name}', or the need from '${guard.name}'`,
      at: guard.site.short(),
    })
  }
}

/** A name that no route has, `delete` say, would leave every route open. */
function checkMethods(guard: GuardDefinition, problems: BootProblem[]): void {
  const { methods } = guard
  if (methods === undefined || (Array.isArray(methods) && methods.length > 0 && methods.every((it) => /^[A-Z]+$/.test(it)))) return
  problems.push({
    code: 'guard-methods',
    message: `Guard '${guard.name}' has methods ${JSON.stringify(methods)}, before which it would never stand`,
    fix: "write them as requests do: methods: ['POST', 'DELETE']",
    at: guard.site.short(),
  })
}
