import type { JsonSchema } from '../app/index.ts'

/** One named field of an object schema. */
export interface FieldSchema {
  readonly name: string
  readonly schema: JsonSchema
  readonly required: boolean
}

/** What an object schema says of its fields. */
export interface Fields {
  readonly named: readonly FieldSchema[]
  /** The schema of other fields, where others are meant to come. */
  readonly others: JsonSchema | undefined
}

export function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * The fields of an object schema, gathered from its references and from the parts of an intersection or union: parameters are
 * listed one by one. In a union a field is required only where every branch requires it.
 */
export function fieldsOf(schema: JsonSchema): Fields {
  return gather(schema, schema, new Set())
}

const none: Fields = { named: [], others: undefined }

function gather(schema: JsonSchema, root: JsonSchema, seen: Set<JsonSchema>): Fields {
  if (seen.has(schema)) return none
  const inner = new Set(seen).add(schema)
  const parts: Fields[] = [own(schema)]
  const target = resolve(schema.$ref, root)
  if (target !== undefined) parts.push(gather(target, root, inner))
  for (const part of list(schema.allOf)) parts.push(gather(part, root, inner))
  const branches = [...list(schema.anyOf), ...list(schema.oneOf)].map((branch) => gather(branch, root, inner))
  if (branches.length > 0) parts.push(either(branches))
  return both(parts)
}

function own(schema: JsonSchema): Fields {
  const required = new Set(Array.isArray(schema.required) ? schema.required : [])
  const properties = isSchema(schema.properties) ? schema.properties : {}
  const named = Object.entries(properties).map(([name, field]) => {
    const inside = isSchema(field) ? field : {}
    // A default is filled in before the check, so its field may be left out whatever `required` says.
    return { name, schema: inside, required: required.has(name) && !('default' in inside) }
  })
  const patterns = isSchema(schema.patternProperties) ? Object.values(schema.patternProperties).filter(isSchema) : []
  const { additionalProperties } = schema
  const others = isSchema(additionalProperties) ? additionalProperties : additionalProperties === true ? {} : patterns[0]
  return { named, others }
}

function both(parts: readonly Fields[]): Fields {
  const named = new Map<string, FieldSchema>()
  for (const part of parts) {
    for (const field of part.named) {
      const known = named.get(field.name)
      named.set(field.name, known === undefined ? field : { ...known, required: known.required || field.required })
    }
  }
  return { named: [...named.values()], others: parts.find((part) => part.others !== undefined)?.others }
}

function either(branches: readonly Fields[]): Fields {
  const names = new Set(branches.flatMap((branch) => branch.named.map((field) => field.name)))
  const named = [...names].map((name) => {
    const found = branches.map((branch) => branch.named.find((field) => field.name === name))
    const schemas = new Map(found.flatMap((field) => (field === undefined ? [] : [[JSON.stringify(field.schema), field.schema] as const])))
    const [first] = schemas.values()
    const schema = schemas.size === 1 && first !== undefined ? first : { anyOf: [...schemas.values()] }
    return { name, schema, required: found.every((field) => field?.required === true) }
  })
  return { named, others: branches.find((branch) => branch.others !== undefined)?.others }
}

/** What a reference within a schema of its own points at: `#`, or `#/$defs/Name`. */
export function resolve(reference: unknown, root: JsonSchema): JsonSchema | undefined {
  if (reference === '#') return root
  const name = definitionName(reference)
  const defs = root.$defs
  const target = name !== undefined && isSchema(defs) && Object.hasOwn(defs, name) ? defs[name] : undefined
  return isSchema(target) ? target : undefined
}

export function definitionName(reference: unknown): string | undefined {
  return typeof reference === 'string' && reference.startsWith('#/$defs/') ? reference.slice('#/$defs/'.length) : undefined
}

function list(value: unknown): readonly JsonSchema[] {
  return Array.isArray(value) ? value.filter(isSchema) : []
}
