import { type BootProblem, type Checked, inputCheck, type Issue, type Mode, type Schema } from '../app/index.ts'
import { environment } from '../internal/builtin.ts'
import { type ConfigField, fieldsOf, isObject } from './fields.ts'
import { near } from './near.ts'
import { modeIn, type Source, sourcesOf } from './sources.ts'
import { configValues, unusable } from './values.ts'

/** Settings of `config`. */
export interface ConfigOptions {
  /** The service's name, where an application has several. Default `config`. */
  readonly name?: string
  /** Before every variable's name: `SHOP` makes `port` come from `SHOP_PORT`. */
  readonly prefix?: string
  /** Other names of single values, by key: `{ databaseUrl: ['DATABASE_URL', 'PG_URL'], 'smtp.host': 'MAIL_HOST' }`. */
  readonly names?: { readonly [key: string]: string | readonly string[] }
  /** Values that win over all others: what a starter was given as arguments. Members that are `undefined` say nothing. */
  readonly values?: { readonly [key: string]: unknown }
  /** In the place of the process's environment. */
  readonly env?: { readonly [name: string]: string | undefined }
  /** Where `.env` files lie. Default: the working directory. */
  readonly directory?: string
  /** False reads no `.env` files. */
  readonly files?: boolean
}

export interface ConfigDefinition {
  readonly schema: Schema
  readonly options: ConfigOptions
}

export interface Found {
  readonly field: ConfigField
  readonly source: 'argument' | 'environment' | 'file' | 'default' | 'unset'
  /** `environment`, `.env.local:3`. */
  readonly place: string | undefined
  /** The name that had it. */
  readonly name: string
  /** Places that have it too and lost. */
  readonly over: readonly string[]
  readonly value: unknown
}

export interface Resolved {
  readonly found: readonly Found[]
  /** Everything that is wrong; then `values` is absent. */
  readonly problems: readonly BootProblem[]
  readonly values: object | undefined
}

interface Given extends Omit<Found, 'value'> {
  readonly raw: unknown
}

/** Looks for every value, checks them together, and says of each where it came from. A promise only for a schema that validates asynchronously. */
export function resolve(definition: ConfigDefinition, asked: Mode | undefined): Resolved | Promise<Resolved> {
  const { schema, options } = definition
  const mode = asked ?? modeIn(options.env ?? environment())
  const problems: BootProblem[] = []
  let fields: ConfigField[]
  let check: ReturnType<typeof inputCheck>
  try {
    check = inputCheck(schema, 'query')
    if (check.json === undefined) throw new TypeError("The schema gives no JSON Schema, so its values can't be looked for by name")
    fields = fieldsOf(check.json, options.prefix ?? '', options.names ?? {})
    if (fields.length === 0) throw new TypeError('The schema names no values')
  } catch (error) {
    const fix = 'write it as t.Object({ … }), or with a Standard Schema that gives a JSON Schema'
    return {
      found: [],
      values: undefined,
      problems: [{ code: 'config-schema', message: `${label(options)}: ${(error as Error).message}`, fix, cause: error }],
    }
  }
  const faults = faultsOf(fields, options)
  if (faults.length > 0) return { found: [], values: undefined, problems: faults }
  const sources = sourcesOf({ mode, env: options.env, directory: options.directory, files: options.files !== false }, problems)
  const given = fields.map((field) => lookUp(field, options.values, sources))
  const checked = check.check(nest(given))
  const finish = (it: Checked): Resolved => judge(it, given, { options, mode, sources, problems })
  return checked instanceof Promise ? checked.then(finish) : finish(checked)
}

function label(options: ConfigOptions): string {
  return `The configuration '${options.name ?? 'config'}'`
}

function faultsOf(fields: readonly ConfigField[], options: ConfigOptions): BootProblem[] {
  const problems: BootProblem[] = []
  const fault = (message: string, fix: string): void =>
    void problems.push({ code: 'config-names', message: `${label(options)}: ${message}`, fix })
  const owners = new Map<string, string>()
  for (const { key, path, names } of fields) {
    if (path.some((it) => unusable.has(it))) fault(`'${key}' can't be the name of a value`, 'rename it')
    for (const name of names) {
      const owner = owners.get(name)
      if (owner !== undefined)
        fault(`'${owner}' and '${key}' both come from ${name}`, `give one of them another name: { names: { '${key}': '…' } }`)
      owners.set(name, key)
    }
  }
  const keys = new Set(fields.map((it) => it.key))
  for (const key of Object.keys(options.names ?? {}))
    if (!keys.has(key)) fault(`'names' has '${key}', which the schema does not`, `it has: ${[...keys].join(', ')}`)
  return problems
}

function lookUp(field: ConfigField, values: ConfigOptions['values'], sources: readonly Source[]): Given {
  const argument = at(values, field.path)
  const places: { source: Given['source']; place: string; name: string; raw: unknown }[] = []
  if (argument !== undefined) places.push({ source: 'argument', place: 'argument', name: field.key, raw: asText(argument) })
  for (const source of sources) {
    for (const name of field.names) {
      const hit = source.find(name)
      if (hit !== undefined) places.push({ source: source.kind, place: hit.place, name, raw: parsed(field, hit.text) })
    }
  }
  const [first, ...rest] = places
  const base = { field, over: rest.map((it) => it.place) }
  return first === undefined
    ? { ...base, source: 'unset', place: undefined, name: field.names[0] as string, raw: undefined }
    : { ...base, ...first }
}

/** The check takes texts, as a query's. */
function asText(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asText)
  if (isObject(value) && Object.getPrototypeOf(value) === Object.prototype)
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, asText(one)]))
  return typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint' ? String(value) : value
}

function parsed(field: ConfigField, text: string): unknown {
  if (field.form === 'text') return text
  if (/^\s*[[{]/.test(text)) {
    try {
      return asText(JSON.parse(text))
    } catch {
      // The check says that it is not what it should be.
      return text
    }
  }
  if (field.form === 'json') return text
  return text
    .split(',')
    .map((it) => it.trim())
    .filter((it) => it !== '')
}

function nest(given: readonly Given[]): object {
  const root: { [name: string]: unknown } = {}
  for (const { field, raw } of given) {
    let here = root
    // A group that must be there is, even when none of its values are: defaults are filled in, and each missing one is told.
    const groups = raw === undefined && field.optionalFrom !== undefined ? field.optionalFrom : field.path.length - 1
    for (const name of field.path.slice(0, groups)) here = (here[name] ??= {}) as typeof here
    if (raw !== undefined) here[field.path.at(-1) as string] = raw
  }
  return root
}

function at(value: unknown, path: readonly string[]): unknown {
  let here: unknown = value
  for (const name of path) here = isObject(here) && Object.hasOwn(here, name) ? here[name] : undefined
  return here
}

interface Judging {
  readonly options: ConfigOptions
  readonly mode: Mode
  readonly sources: readonly Source[]
  readonly problems: BootProblem[]
}

function judge(checked: Checked, given: readonly Given[], { options, mode, sources, problems }: Judging): Resolved {
  if (!checked.ok) {
    for (const issue of checked.issues) problems.push(problemOf(issue, given, sources, options))
    return { found: given.map(({ raw, ...rest }) => ({ ...rest, value: raw })), problems, values: undefined }
  }
  const found = given.map(({ raw, ...rest }): Found => {
    const value = at(checked.value, rest.field.path)
    return { ...rest, source: raw === undefined && value !== undefined ? 'default' : rest.source, value }
  })
  if (mode === 'production') {
    for (const { field, source, name } of found) {
      // Whoever can read the source, or guess, could use it.
      if (field.secret && source === 'default')
        problems.push({
          code: 'config-default-secret',
          message: `${name} is a secret that has only its default value, and this is production`,
          fix: `set ${name} in the environment`,
        })
    }
  }
  const secrets = new Set(given.filter((it) => it.field.secret).map((it) => it.field.key))
  const values = problems.length > 0 ? undefined : configValues(checked.value as object, (key) => secrets.has(key))
  return { found, problems, values }
}

function problemOf(issue: Issue, given: readonly Given[], sources: readonly Source[], options: ConfigOptions): BootProblem {
  const path = issue.pointer
    .split('/')
    .slice(1)
    .map((it) => it.replaceAll('~1', '/').replaceAll('~0', '~'))
  const it = given.find(({ field }) => field.path.every((name, i) => path[i] === name))
  if (it === undefined)
    return {
      code: 'config-invalid',
      message: `${label(options)}: ${path.join('.') || 'it'} ${issue.message}`,
      fix: 'change the values so that it holds',
    }
  const { field, source, place, name } = it
  if (source !== 'unset') {
    const within = path.length > field.path.length ? ` (item ${path.slice(field.path.length).join('.')})` : ''
    const where = source === 'file' ? place : source === 'environment' ? 'the environment' : 'the arguments'
    return {
      code: 'config-invalid',
      message: `${name}${within} ${issue.message}; it comes from ${where}`,
      fix: `set ${name} to ${field.what}`,
      ...(source === 'file' && { at: place }),
    }
  }
  const looked = sources.map((one) => one.label).join(', ')
  const alike = near(
    field.names,
    sources.flatMap((one) => [...one.names()]),
  )
  const hint = alike === undefined ? '' : `; there is ${alike}: is that it?`
  return {
    code: 'config-missing',
    message: `${field.names.join(' or ')} is not set; '${field.key}' needs ${field.what}. Looked in: ${looked}${hint}`,
    fix: alike === undefined ? `set ${name} in the environment, or write ${name}=… into .env.local` : `rename ${alike} to ${name}`,
  }
}
