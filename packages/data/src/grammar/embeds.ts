import type { EmbedNames } from './conditions.ts'
import { PostgrestError } from './postgrest-error.ts'
import type { SelectEmbed, SelectItem } from './request.ts'

/**
 * The embed that a path names, level by level: by alias, or by relation, which also finds an embed that has an alias.
 * Undefined where there is none; `[]` is no embed but the root.
 */
export function embedAt(select: readonly SelectItem[], path: readonly string[]): SelectEmbed | undefined {
  let items = select
  let found: SelectEmbed | undefined
  for (const name of path) {
    found = embedNamed(items, name)
    if (found === undefined) return undefined
    items = found.select
  }
  return found
}

/** An alias wins over a relation of the same name. */
export function embedNamed(select: readonly SelectItem[], name: string): SelectEmbed | undefined {
  let byRelation: SelectEmbed | undefined
  for (const item of select) {
    if (item.kind !== 'embed') continue
    if ((item.alias ?? item.relation) === name) return item
    if (item.relation === name) byRelation ??= item
  }
  return byRelation
}

/** PGRST108: a parameter or an order is for a resource that `select` does not embed. */
export function notEmbedded(name: string): PostgrestError {
  return new PostgrestError(
    'PGRST108',
    `'${name}' is not an embedded resource in this request`,
    null,
    `Verify that '${name}' is included in the 'select' query parameter.`,
  )
}

/** The names by which the embeds of one level are known. */
export function embedNames(select: readonly SelectItem[]): EmbedNames {
  const names = new Set<string>()
  for (const item of select) if (item.kind === 'embed') names.add(item.alias ?? item.relation)
  return names
}
