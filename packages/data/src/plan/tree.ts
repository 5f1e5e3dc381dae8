import type { Access, TableAccess } from '../access/contract.ts'
import { notEmbedded } from '../grammar/embeds.ts'
import { wholePage } from '../grammar/page.ts'
import type { DataRequest, SelectEmbed, SelectItem } from '../grammar/request.ts'
import type { Model, Relationship, Table } from '../model/contract.ts'
import { resolveRelationship } from '../model/resolve-relationship.ts'
import type { Embed, Level } from './level.ts'

/** What planning needs to know. */
export interface Setting {
  readonly model: Model
  readonly access: Access
}

/**
 * The levels of a request, checked against the model, each parameter at the level it is for. Throws PGRST108, PGRST200, PGRST201.
 * `source` stands for the root's table where rows were just written.
 */
export function buildTree(request: DataRequest, table: Table, access: TableAccess, setting: Setting, source?: string): Level {
  const builder = new TreeBuilder(setting)
  const root = builder.level(table, access, request.select, source)
  for (const { path, value } of request.where) levelAt(root, path).where.push(value)
  for (const { path, value } of request.order) levelAt(root, path).order.push(...value)
  for (const { path, value } of request.pages) levelAt(root, path).page = value
  root.page = request.page
  return root
}

class TreeBuilder {
  readonly #setting: Setting
  #count = 0

  constructor(setting: Setting) {
    this.#setting = setting
  }

  level(table: Table, access: TableAccess, select: readonly SelectItem[], source: string | undefined): Level {
    const alias = `t${this.#count++}`
    const embeds: Embed[] = []
    for (const item of select) if (item.kind === 'embed') embeds.push(this.#embed(table, item))
    return { table, access, alias, source, select, embeds, where: [], order: [], page: wholePage }
  }

  #embed(from: Table, item: SelectEmbed): Embed {
    const { model, access } = this.#setting
    const relationship = resolveRelationship(model, from, item.relation, item.hint, (it) => isUsable(it, access))
    const { cardinality, target, junction } = relationship
    const alias = `e${this.#count++}`
    return {
      item,
      relationship,
      alias,
      level: this.level(target, access.of(target)!, item.select, undefined),
      toOne: cardinality === 'many-to-one' || cardinality === 'one-to-one',
      junction: junction === undefined ? undefined : { access: access.of(junction.table)!, alias: `j${this.#count++}` },
    }
  }
}

/** Whether the asker may see the tables on the way, and the columns that point: what they embed would tell what they hold. */
function isUsable(relationship: Relationship, access: Access): boolean {
  const { source, target, junction, forward, on } = relationship
  if (access.of(target) === undefined || access.of(source)?.embeddable(relationship) !== true) return false
  if (junction === undefined) {
    return forward ? areReadable(source, own(on), access) : areReadable(target, theirs(on), access)
  }
  return areReadable(junction.table, [...theirs(on), ...own(junction.on)], access)
}

function areReadable(table: Table, columns: readonly string[], access: Access): boolean {
  const allowed = access.of(table)
  return allowed !== undefined && columns.every((name) => allowed.readable(table.columns.get(name)!))
}

function own(on: Relationship['on']): string[] {
  return on.map(([column]) => column)
}

function theirs(on: Relationship['on']): string[] {
  return on.map(([, column]) => column)
}

function levelAt(root: Level, path: readonly string[]): Level {
  let level = root
  for (const name of path) level = embedOf(level, name).level
  return level
}

/** The embed that a name means at a level: by alias, or by relation, which also finds one that has an alias. Else PGRST108. */
export function embedOf(level: Level, name: string): Embed {
  const found =
    level.embeds.find(({ item }) => (item.alias ?? item.relation) === name) ?? level.embeds.find(({ item }) => item.relation === name)
  if (found === undefined) throw notEmbedded(name)
  return found
}
