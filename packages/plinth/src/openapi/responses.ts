import { type JsonSchema, Problem, problemCatalogue, type RouteInfo, type Schema } from '../app/index.ts'
import { isSchema, resolve } from './fields.ts'
import { pascal } from './operation-id.ts'
import {
  anyProblem,
  codesOf,
  descriptionOfOwn,
  type OwnProblem,
  ownResponse,
  problemMedia,
  problemType,
  statusOfOwn,
} from './problem-schemas.ts'
import { reasonPhrase } from './reason-phrase.ts'
import { isWritten, type Schemas } from './schemas.ts'
import type { Content, MediaTypeObject, Reference, ResponseObject } from './types.ts'
import { wireExample } from './wire-example.ts'

/** Everything that one status of a route may stand for. */
interface Status {
  content: Content | undefined
  description: string | undefined
  readonly codes: Set<string>
  readonly own: OwnProblem[]
  any: boolean
}

/** Responses of a document; those that many routes have are said once. */
export class Responses {
  readonly components: { [name: string]: ResponseObject } = {}
  readonly #schemas: Schemas

  constructor(schemas: Schemas) {
    this.#schemas = schemas
  }

  of(route: RouteInfo, hint: string): { readonly [status: string]: ResponseObject | Reference } {
    const statuses = new Map<number, Status>()
    const at = (status: number): Status => {
      let it = statuses.get(status)
      if (it === undefined)
        statuses.set(status, (it = { content: undefined, description: undefined, codes: new Set(), own: [], any: false }))
      return it
    }
    this.#declared(route, hint, at)
    for (const guard of route.guards) for (const it of guard.refuses) at(it.status).codes.add(it.code)
    for (const own of ownProblems(route)) at(statusOfOwn[own]).own.push(own)

    const result: { [status: string]: ResponseObject | Reference } = {}
    // The contract says nothing of what the handler answers, or that only files and pages, which no schema describes, come.
    if (![...statuses.keys()].some((status) => status < 400)) result['2XX'] = { description: 'What the handler answers.' }
    for (const status of [...statuses.keys()].sort((a, b) => a - b))
      result[status] = this.#response(status, statuses.get(status) as Status, route)
    // Whatever else goes wrong: too busy, too late, an unexpected failure.
    if (route.errors === 'problem')
      result.default = this.#shared('Problem', () => ({ description: 'Another problem.', content: this.#anyProblem() }))
    else {
      const content = this.#ownShape(route)
      if (content !== undefined) result.default = { description: 'Another problem.', content }
    }
    return result
  }

  #declared(route: RouteInfo, hint: string, at: (status: number) => Status): void {
    const { reply = {}, examples } = route.contract
    let example = examples?.reply
    for (const [key, declared] of Object.entries(reply)) {
      const status = Number(key)
      const it = at(status)
      if (declared === 'problem') it.any = true
      else if (declared instanceof Problem) it.codes.add(declared.code)
      else if (Array.isArray(declared)) for (const one of declared as readonly Problem[]) it.codes.add(one.code)
      else if (isWritten(declared as Schema | null)) {
        const isSuccess = status < 300
        const json = this.#schemas.json(declared as Schema, 'output')
        it.content = this.#contentOf(declared as Schema, json, `${hint}Reply${isSuccess ? '' : status}`, isSuccess ? example : undefined)
        if (typeof json?.description === 'string') it.description = json.description
        if (isSuccess) example = undefined
      }
    }
  }

  /** Strings leave as text, all else as JSON. A string that a codec made comes from another value, which leaves as JSON. */
  #contentOf(schema: Schema, json: JsonSchema | undefined, hint: string, given: unknown): Content {
    const described = this.#schemas.of(schema, 'output', hint)
    const example = given === undefined ? undefined : { example: wireExample(given) }
    const media: MediaTypeObject = { ...(described === undefined ? undefined : { schema: described }), ...example }
    const { text, others } = json === undefined || '~codec' in schema ? { text: false, others: true } : kindsOf(json, json, new Set())
    return { ...(others ? { 'application/json': media } : undefined), ...(text ? { 'text/plain': media } : undefined) }
  }

  #response(status: number, it: Status, route: RouteInfo): ResponseObject | Reference {
    const covered = new Set(it.own.flatMap(codesOf))
    const codes = [...it.codes].filter((code) => !covered.has(code))
    const plain = it.content === undefined && !it.any && route.errors === 'problem'
    const [own] = it.own
    const [code] = codes
    if (plain && own !== undefined && codes.length === 0) return this.#shared(own, () => ownResponse(this.#schemas, own))
    if (plain && code !== undefined && codes.length === 1 && it.own.length === 0) {
      return this.#shared(pascal(code), () => ({
        description: sentence(code),
        content: { [problemType]: problemMedia(this.#schemas, [code], []) },
      }))
    }
    const isProblem = it.any || codes.length > 0 || own !== undefined
    const problems = isProblem ? this.#problems(route, it, codes) : undefined
    const sentences = [...codes.map(sentence), ...it.own.map((one) => descriptionOfOwn[one])]
    const description = it.description ?? (sentences.length > 0 ? sentences.join(' ') : reasonPhrase(status))
    return { description, ...(it.content || problems ? { content: { ...it.content, ...problems } } : undefined) }
  }

  #problems(route: RouteInfo, it: Status, codes: readonly string[]): Content | undefined {
    if (route.errors === 'other') return this.#ownShape(route)
    return it.any ? this.#anyProblem() : { [problemType]: problemMedia(this.#schemas, codes, it.own) }
  }

  /** The shape that the route's module gives to problems, where it says what that is. */
  #ownShape({ errorSchema }: RouteInfo): Content | undefined {
    if (errorSchema === undefined) return undefined
    const schema = this.#schemas.of(errorSchema, 'output', 'Error')
    return schema && { 'application/json': { schema } }
  }

  #anyProblem(): Content {
    return { [problemType]: { schema: anyProblem(this.#schemas) } }
  }

  #shared(name: string, make: () => ResponseObject): Reference {
    this.components[name] ??= make()
    return { $ref: `#/components/responses/${name}` }
  }
}

/** What the framework itself refuses before the handler runs. */
function ownProblems({ contract, template }: RouteInfo): readonly OwnProblem[] {
  const { params, query, headers, cookies, body } = contract
  const isChecked = [params, query, headers, cookies, isWritten(body) ? body : undefined].some((it) => it !== undefined)
  const reads = body !== undefined
  return [
    ...(isChecked || reads || /\/[:*]/.test(template) ? (['MalformedRequest'] as const) : []),
    ...(reads ? (['ContentTooLarge'] as const) : []),
    // Bytes are taken as they come.
    ...(reads && body !== 'bytes' && body !== 'stream' ? (['UnsupportedMediaType'] as const) : []),
    ...(isChecked ? (['ValidationFailed'] as const) : []),
  ]
}

function sentence(code: string): string {
  const kind = problemCatalogue().get(code)
  return kind === undefined ? `${code}.` : `${kind.title}.`
}

interface Kinds {
  readonly text: boolean
  readonly others: boolean
}

/** Whether a value of the schema may be a string, and whether it may be something else. */
function kindsOf(schema: JsonSchema, root: JsonSchema, seen: Set<JsonSchema>): Kinds {
  const target = resolve(schema.$ref, root)
  if (target !== undefined && !seen.has(target)) return kindsOf(target, root, new Set(seen).add(target))
  const branches = [schema.anyOf, schema.oneOf].flat().filter(isSchema)
  if (branches.length > 0) {
    const kinds = branches.map((branch) => kindsOf(branch, root, seen))
    return { text: kinds.some((it) => it.text), others: kinds.some((it) => it.others) }
  }
  const values = 'const' in schema ? [schema.const] : schema.enum
  const types = Array.isArray(values)
    ? values.map((value) => typeof value)
    : Array.isArray(schema.type)
      ? (schema.type as unknown[])
      : [schema.type]
  const text = types.includes('string')
  // Other libraries' dates and bigints have the form of a string too, and nothing else tells them from one.
  const maybeEncoded = text && (schema.format === 'date-time' || schema.format === 'bigint')
  return { text, others: maybeEncoded || types.some((type) => type !== 'string') }
}
