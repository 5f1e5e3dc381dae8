import { type AnyGuard, isGuard } from 'plinth'
import { everyone, openRule } from './everyone.ts'

/** A rule as it is asked: `open` ones of strangers too. */
export interface RowCheck {
  readonly rule: (row: never, asking: never) => unknown
  readonly open: boolean
}

/** Who may do something, and with which rows: all guards pass and all checks hold. */
export interface Permission {
  readonly guards: readonly AnyGuard[]
  readonly checks: readonly RowCheck[]
}

/** What may be done; `undefined` refuses. */
export interface Permissions {
  readonly read: Permission | undefined
  readonly create: Permission | undefined
  readonly update: Permission | undefined
  /** Of the row as an update leaves it. */
  readonly after: Permission | undefined
  readonly delete: Permission | undefined
}

/** Tells of something wrong at boot. */
export type Fault = (code: string, message: string, fix: string) => void

const verbs = ['read', 'create', 'update', 'delete'] as const
const forms = 'everyone, a guard, a rule (row, { user }) => …, or a list of these'

/** Reads `access`. */
export function readPermissions(access: unknown, fault: Fault): Permissions {
  const nothing: Permissions = { read: undefined, create: undefined, update: undefined, after: undefined, delete: undefined }
  if (typeof access !== 'object' || access === null || Object.keys(access).length === 0) {
    fault('resource-without-access', 'it has no access rule, so nobody could do anything', `write access: { read: everyone }, say`)
    return nothing
  }
  const given = access as { readonly [verb: string]: unknown }
  for (const verb of Object.keys(given)) {
    if (!verbs.includes(verb as 'read')) fault('unknown-verb', `access has no verb '${verb}'`, `it may have: ${verbs.join(', ')}`)
  }
  const of = (verb: string, value: unknown): Permission | undefined =>
    verb in given ? readPermission(verb, value, verb.startsWith('read'), fault) : undefined
  const { update } = given
  const parts = typeof update === 'object' && update !== null && 'old' in update && 'new' in update ? update : undefined
  const old = of('update', parts === undefined ? update : parts.old)
  return {
    read: of('read', given['read']),
    create: of('create', given['create']),
    update: old,
    after: parts === undefined ? old : of('update', parts.new),
    delete: of('delete', given['delete']),
  }
}

/** Of a rule for reading, strangers are asked as well: it may show them something. */
function readPermission(verb: string, value: unknown, open: boolean, fault: Fault): Permission {
  const guards: AnyGuard[] = []
  const checks: RowCheck[] = []
  for (const it of Array.isArray(value) ? (value as unknown[]) : [value]) {
    const rule = openRule(it)
    if (it === everyone) continue
    else if (isGuard(it)) guards.push(it)
    else if (rule !== undefined) checks.push({ rule, open: true })
    else if (typeof it === 'function') checks.push({ rule: it as RowCheck['rule'], open })
    else if (it === undefined) {
      fault('rule-undefined', `access.${verb} is undefined`, 'leave it out to refuse; where it was imported, two files import each other')
    } else fault('bad-rule', `access.${verb} is no rule`, `write ${forms}`)
  }
  if (Array.isArray(value) && value.length === 0) fault('bad-rule', `access.${verb} is an empty list`, `write ${forms}`)
  return { guards, checks }
}
