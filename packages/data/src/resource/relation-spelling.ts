import type { Relationship } from '../model/contract.ts'

/** One of `relations`: what it is called, what it leads to and by which of several ways. */
export interface RelationSpelling {
  readonly alias: string | undefined
  readonly relation: string
  readonly hint: string | undefined
}

/** `name`, `alias:name`, `name!hint`. */
export function spellRelation(text: unknown): RelationSpelling | undefined {
  const match = typeof text === 'string' ? /^(?:([^:!]+):)?([^:!]+)(?:!([^:!]+))?$/.exec(text) : null
  return match === null ? undefined : { alias: match[1], relation: match[2]!, hint: match[3] }
}

/**
 * What the types of clients would get wrong about a relation. They see names alone, since Drizzle's types say nothing of foreign keys:
 * a hint that is a column of this table, or a column called after the relation, makes it lead to one row; a name that no resource has
 * leads to the resource whose plural it is. Where that is not so, what is written has to say more. The rules stand a second time, as
 * types, in `database.ts` of `@plinth/client`.
 */
export function misleading(
  spelling: RelationSpelling,
  way: Relationship,
  isResource: (name: string) => boolean,
): { readonly message: string; readonly fix: string } | undefined {
  const { alias, relation, hint } = spelling
  const { source, target, forward, on } = way
  const name = alias ?? relation
  const candidates = hint === undefined ? [name, `${name}Id`, `${name}_id`, `${name}ID`] : [hint]
  const column = candidates.find((it) => source.columns.has(it))
  const key = forward && on.length === 1 ? on[0]![0] : undefined
  // A key of several columns has no name to be told by; that there is one row has to be told by a query's `overrideTypes`.
  if (forward && on.length > 1) return undefined
  const written = `${alias === undefined && isResource(relation) ? '' : `${name}:`}${target.name}!${key ?? on[0]![1]}`
  if (column !== key) {
    const says = key === undefined ? `to several rows, though '${column}' looks like its key` : `along '${key}', which nothing in it tells`
    return { message: `which leads ${says}`, fix: `write '${written}', so that the types of clients are right` }
  }
  if (isResource(relation)) return undefined
  const plural = [`${relation}s`, `${relation}es`, ...(relation.endsWith('y') ? [`${relation.slice(0, -1)}ies`] : [])].filter(isResource)
  if (plural.length === 0 || (plural.length === 1 && plural[0] === target.name)) return undefined
  return {
    message: `which leads to '${target.name}', though there is a resource '${plural[0]}'`,
    fix: `write '${written}', so that the types of clients are right`,
  }
}
