import { flatHeaders } from '../http/flat-headers.ts'
import { originList } from '../http/origin-list.ts'
import { parseTemplate } from '../router/template.ts'
import { inputCheck } from '../schema/compile.ts'
import { jsonSchemaOf } from '../schema/json-schema.ts'
import type { Schema } from '../schema/types.ts'
import type { BootProblem } from './boot-error.ts'
import { bodyRead } from './body-read.ts'
import { attempt, compileReplies, type Fault } from './compile-replies.ts'
import type { FlatRoute } from './flatten.ts'
import { handshakeStep } from './handshake.ts'
import { keepers } from './keeps-keys.ts'
import { limitFaults } from './limits.ts'
import { renderProblem } from './problem-answer.ts'
import type { Step } from './frame.ts'
import { Route } from './route.ts'
import type { SharedParts } from './shared-parts.ts'
import type { RouteInfo } from './route-info.ts'
import type { WebSocketRules } from './types.ts'
import { type BodyRead, type Slot, type SlotCheck, Validation } from './validation.ts'

const slots: readonly Slot[] = ['params', 'query', 'headers', 'cookies']
const contractKeys = new Set(
  'params query headers cookies body reply guards open summary description tags id deprecated sunset hidden timeout bodyLimit idempotent websocket examples openapi'.split(
    ' ',
  ),
)
const bodyless = new Set(['GET', 'HEAD', 'DELETE', 'OPTIONS'])

/** Readies one route, or says everything that is wrong with it. */
export function compileRoute(flat: FlatRoute, shared: SharedParts, problems: BootProblem[]): Route | undefined {
  const { entry, template, scope } = flat
  const { contract } = entry
  const where = `${entry.method} ${template}`
  const before = problems.length
  const fault: Fault = (code, message, fix) => void problems.push({ code, message: `${where}: ${message}`, fix, at: entry.site.short() })

  if (typeof entry.handler !== 'function')
    fault('no-handler', 'the handler is not a function', 'pass the handler last: .get(path, contract, handler)')
  if (typeof contract !== 'object' || contract === null) {
    fault('bad-contract', 'the contract is not an object', 'pass an object with params, query, body, reply, …')
    return undefined
  }
  for (const key of Object.keys(contract)) {
    if (!contractKeys.has(key)) fault('unknown-slot', `the contract has no slot '${key}'`, `it may have: ${[...contractKeys].join(', ')}`)
  }
  for (const [message, fix] of limitFaults(contract)) fault('bad-limit', message, fix)
  if ((contract.idempotent ?? false) !== false && !scope.arounds.some((it) => keepers.has(it))) {
    fault(
      'keys-not-kept',
      'nothing keeps the keys of this idempotent route',
      'use database() of @plinth/data, or another keeper of keys, before it',
    )
  }
  if (contract.body !== undefined && bodyless.has(entry.method) && entry.method !== 'DELETE')
    fault('body-of-get', `a ${entry.method} has no body to declare`, 'take its values from the query, or make it a POST')

  const names = namesOf(template)
  const handshake = contract.websocket === undefined ? undefined : compileHandshake(flat, fault)
  const validation = compileInputs(flat, names, fault)
  const replies = compileReplies(contract, fault)
  const dated = deprecation(flat, fault)
  if (problems.length > before) return undefined

  return new Route({
    info: describe(flat),
    names: shared.names(names ?? []),
    frame: shared.frame(flat, handshake, dated),
    validation,
    handler: entry.handler,
    encoders: replies.encoders,
    status: replies.status,
  })
}

function compileHandshake({ entry: { method, contract } }: FlatRoute, fault: Fault): Step | undefined {
  const rules: unknown = contract.websocket
  const fix = "write websocket: true, or websocket: { origins: ['https://app.example'] }"
  if (method !== 'GET') fault('bad-websocket', `a WebSocket is opened by GET, not by ${method}`, 'register the route with .get(…)')
  if (rules === true) return handshakeStep(new Set())
  if (typeof rules !== 'object' || rules === null) return void fault('bad-websocket', "'websocket' is neither true nor an object", fix)
  const { origins = [] } = rules as WebSocketRules
  if (!Array.isArray(origins)) return void fault('bad-websocket', "'websocket.origins' is not an array", fix)
  try {
    return handshakeStep(originList('websocket.origins', origins))
  } catch (error) {
    return void fault('bad-websocket', error instanceof Error ? error.message : String(error), fix)
  }
}

/** `undefined` for a malformed template: the router refuses it with its reason; here it must only not get in the way. */
function namesOf(template: string): readonly string[] | undefined {
  try {
    return parseTemplate(template).names
  } catch {
    return undefined
  }
}

/** A required parameter that the path has under another name would refuse every request with a 422 about the client's input. */
function unreachableParams(schema: Schema, names: readonly string[], fault: Fault): void {
  const json = jsonSchemaOf(schema, 'input')
  const required = json?.['required']
  const properties = json?.['properties'] as { readonly [name: string]: { readonly default?: unknown } | undefined } | undefined
  for (const name of Array.isArray(required) ? (required as readonly string[]) : []) {
    if (names.includes(name) || properties?.[name]?.default !== undefined) continue
    const has = names.length === 0 ? 'no parameters' : names.map((it) => `'${it}'`).join(' and ')
    fault('unknown-parameter', `'params' asks for '${name}', but the path has ${has}`, `write '/:${name}' in the path, or rename the field`)
  }
}

function compileInputs({ entry, scope }: FlatRoute, names: readonly string[] | undefined, fault: Fault): Validation | undefined {
  const { contract } = entry
  const checks: SlotCheck[] = []
  for (const slot of slots) {
    const schema = contract[slot]
    if (schema === undefined) continue
    const check = attempt(() => inputCheck(schema, slot), `'${slot}'`, 'schema-not-compiled', fault)
    if (!check) continue
    checks.push({ slot, check })
    if (slot === 'params' && names) unreachableParams(schema, names, fault)
  }
  let body: BodyRead | undefined
  if (contract.body !== undefined || !bodyless.has(entry.method)) {
    const limit = contract.bodyLimit ?? scope.bodyLimit
    body = attempt(() => bodyRead(contract.body, limit), `'body'`, 'schema-not-compiled', fault)
  }
  return checks.length > 0 || body ? new Validation(checks, body) : undefined
}

/** `Deprecation: @seconds` (RFC 9745 §2.1) and `Sunset: HTTP-date` (RFC 8594 §3). */
function deprecation({ entry, scope }: FlatRoute, fault: Fault): readonly string[] {
  const deprecated = entry.contract.deprecated ?? scope.version.deprecated
  const sunset = entry.contract.sunset ?? scope.version.sunset
  const fields: { [name: string]: string } = {}
  if (deprecated === true) fields['deprecation'] = '@0'
  else if (typeof deprecated === 'string') {
    const time = Date.parse(deprecated)
    if (Number.isNaN(time)) fault('bad-date', `deprecated '${deprecated}' is not a date`, "write it as '2026-12-31'")
    else fields['deprecation'] = `@${Math.floor(time / 1000)}`
  }
  if (sunset !== undefined) {
    const time = Date.parse(sunset)
    if (Number.isNaN(time)) fault('bad-date', `sunset '${sunset}' is not a date`, "write it as '2027-06-30'")
    else fields['sunset'] = new Date(time).toUTCString()
  }
  return flatHeaders(fields)
}

function describe({ entry, template, guards, scope }: FlatRoute): RouteInfo {
  const { guards: _, ...said } = entry.contract
  const contract = said.websocket === undefined ? said : { hidden: true, ...said }
  return Object.freeze({
    method: entry.method,
    template,
    contract,
    guards,
    identified: scope.identities.length > 0,
    open: entry.contract.open === true,
    modules: scope.path,
    tags: entry.contract.tags ?? scope.tags,
    version: scope.version.version,
    deprecated: entry.contract.deprecated ?? scope.version.deprecated,
    sunset: entry.contract.sunset ?? scope.version.sunset,
    bodyLimit: entry.contract.bodyLimit ?? scope.bodyLimit,
    errors: scope.render === renderProblem ? 'problem' : 'other',
    errorSchema: scope.render.schema,
    site: entry.site,
  })
}
