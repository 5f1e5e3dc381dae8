import type { TableAccess } from '../access/contract.ts'
import type { DataRequest } from '../grammar/request.ts'
import type { Table } from '../model/contract.ts'
import type { Level } from './level.ts'
import { buildTree, type Setting } from './tree.ts'

/** Whether there are rows, in any table of the request, that the asker may not see. */
export function isRestricted(request: DataRequest, table: Table, access: TableAccess, setting: Setting): boolean {
  const restricted = (level: Level): boolean =>
    level.access.rows('read', level.alias) !== 'all' ||
    level.embeds.some(
      (it) => restricted(it.level) || (it.junction !== undefined && it.junction.access.rows('read', it.junction.alias) !== 'all'),
    )
  return restricted(buildTree(request, table, access, setting))
}
