import type { JsonSchema } from '../app/index.ts'
import { isSecretName } from '../internal/secret-names.ts'

/** One value of a configuration: where it belongs and what it is called outside. */
export interface ConfigField {
  /** `['smtp', 'host']`. */
  readonly path: readonly string[]
  /** `smtp.host`. */
  readonly key: string
  /** Names under which it is looked for, the first that has it wins: `SMTP_HOST`. */
  readonly names: readonly string[]
  readonly secret: boolean
  /** Levels of its path above the outermost group that may be absent, if there is one. */
  readonly optionalFrom: number | undefined
  /** How its text becomes what the schema checks. */
  readonly form: 'text' | 'list' | 'json'
  /** What it is, in words: `an integer`. */
  readonly what: string
}

type Raw = { readonly [keyword: string]: unknown }

export function isObject(value: unknown): value is Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** `databaseUrl` → `DATABASE_URL`, `s3Bucket` → `S3_BUCKET`, `HTTPPort` → `HTTP_PORT`. */
export function variableName(path: readonly string[], prefix: string): string {
  const words = path.map((it) =>
    it
      .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
      .replace(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
      .replace(/[^A-Za-z0-9]+/g, '_'),
  )
  return [...(prefix === '' ? [] : [prefix.replace(/_$/, '')]), ...words].join('_').toUpperCase()
}

/** Every value that a schema describes. Objects with named fields are looked into; what else is an object is read as JSON. */
export function fieldsOf(schema: JsonSchema, prefix: string, names: { readonly [key: string]: string | readonly string[] }): ConfigField[] {
  const found: ConfigField[] = []
  const defs = isObject(schema['$defs']) ? schema['$defs'] : {}
  const walk = (given: unknown, path: readonly string[], optionalFrom: number | undefined): void => {
    const raw = resolved(given, defs)
    const inside = properties(raw, defs)
    // A schema that contains itself would go down for ever; below this it is JSON.
    if (path.length > 0 && (inside.length === 0 || path.length > 8)) {
      found.push({ ...field(raw, path, prefix, names), optionalFrom: optionalFrom === path.length - 1 ? undefined : optionalFrom })
      return
    }
    const required = new Set(requiredIn(raw, defs))
    for (const [name, one] of inside) walk(one, [...path, name], optionalFrom ?? (required.has(name) ? undefined : path.length))
  }
  walk(schema, [], undefined)
  return found
}

function resolved(given: unknown, defs: Raw): Raw {
  let raw = isObject(given) ? given : {}
  for (let i = 0; i < 10 && typeof raw['$ref'] === 'string'; i++) {
    const next = defs[raw['$ref'].replace('#/$defs/', '')]
    raw = isObject(next) ? next : {}
  }
  return raw
}

function properties(raw: Raw, defs: Raw): [string, unknown][] {
  const own = isObject(raw['properties']) ? Object.entries(raw['properties']) : []
  const parts = Array.isArray(raw['allOf']) ? raw['allOf'].flatMap((part) => properties(resolved(part, defs), defs)) : []
  return [...own, ...parts]
}

function requiredIn(raw: Raw, defs: Raw): unknown[] {
  const own: unknown[] = Array.isArray(raw['required']) ? raw['required'] : []
  const parts = Array.isArray(raw['allOf']) ? raw['allOf'].flatMap((part) => requiredIn(resolved(part, defs), defs)) : []
  return [...own, ...parts]
}

function field(
  raw: Raw,
  path: readonly string[],
  prefix: string,
  names: { readonly [key: string]: string | readonly string[] },
): Omit<ConfigField, 'optionalFrom'> {
  const key = path.join('.')
  const given = Object.hasOwn(names, key) ? names[key] : undefined
  const list = given === undefined ? [variableName(path, prefix)] : typeof given === 'string' ? [given] : given
  const types: readonly unknown[] = Array.isArray(raw['type']) ? raw['type'] : [raw['type']]
  const text = types.includes('string') || types.every((it) => it === undefined)
  return {
    path,
    key,
    names: list,
    // A number called `maxTokens` is a limit, not a secret.
    secret: raw['writeOnly'] === true || (text && isSecretName(path.at(-1) ?? '')),
    form: types.includes('array') ? 'list' : types.includes('object') ? 'json' : 'text',
    what: described(raw, types),
  }
}

function described(raw: Raw, types: readonly unknown[]): string {
  if (Array.isArray(raw['enum']) && raw['writeOnly'] !== true) return `one of ${raw['enum'].map(String).join(', ')}`
  if (types.includes('integer')) return 'an integer'
  if (types.includes('number')) return 'a number'
  if (types.includes('boolean')) return 'true or false'
  if (types.includes('array')) return 'values with commas between them'
  if (types.includes('object')) return 'a JSON object'
  return typeof raw['format'] === 'string' && raw['format'] !== 'password' ? `text of the format ${raw['format']}` : 'text'
}
