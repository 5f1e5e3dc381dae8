import type { Budget } from './budget.ts'
import { parseFilter, parseLogic } from './conditions.ts'
import { Cursor } from './cursor.ts'
import { embedAt, embedNames } from './embeds.ts'
import { parseNames } from './names-list.ts'
import { parseOrder } from './order.ts'
import { parseCount } from './page.ts'
import { parameterKind, parseFilterKey, parseReservedKey } from './parameter-key.ts'
import type { QueryParameter } from './query-string.ts'
import type { DataRequest, Page, Placed, SelectItem } from './request.ts'
import { parseSelect } from './select.ts'

/** What the query says, the root's page still apart from a `Range`; it is undefined where nothing was said. */
export interface Parameters extends Pick<DataRequest, 'select' | 'where' | 'order' | 'pages' | 'columns' | 'onConflict'> {
  readonly page: Page | undefined
}

/** Reads every parameter by its own grammar. Keys without `=` say nothing. */
export function parseParameters(parameters: readonly QueryParameter[], budget: Budget): Parameters {
  const select = parseSelect(new Cursor(first(parameters, 'select') ?? '*', 'select parameter', budget))
  const where: DataRequest['where'][number][] = []
  const order: DataRequest['order'][number][] = []
  const pages = new Pages()

  for (const { key, value } of parameters) {
    if (value === undefined) continue
    const kind = parameterKind(key)
    if (kind === 'select' || kind === 'columns' || kind === 'on_conflict') continue
    if (kind === 'filter') {
      const { path, field } = parseFilterKey(new Cursor(key, 'tree path', budget))
      const cursor = new Cursor(value, 'filter', budget)
      where.push({ path, key, value: parseFilter(cursor, field, namesAt(select, path)) })
      continue
    }
    const logic = kind === 'and' || kind === 'or'
    const { path, not } = parseReservedKey(new Cursor(key, logic ? 'logic path' : 'tree path', budget))
    if (logic) {
      const cursor = new Cursor(value, 'logic tree', budget)
      where.push({ path, key, value: parseLogic(cursor, kind, not, namesAt(select, path)) })
    } else if (kind === 'order') order.push({ path, key, value: parseOrder(new Cursor(value, 'order', budget)) })
    else pages.set(path, key, kind, parseCount(value, kind))
  }

  const columns = first(parameters, 'columns')
  const onConflict = first(parameters, 'on_conflict')
  return {
    select,
    where,
    order,
    pages: pages.embedded(),
    page: pages.root(),
    columns: columns === undefined ? undefined : parseNames(new Cursor(columns, 'columns parameter', budget)),
    onConflict: onConflict === undefined ? undefined : parseNames(new Cursor(onConflict, 'on_conflict parameter', budget)),
  }
}

function first(parameters: readonly QueryParameter[], key: string): string | undefined {
  return parameters.find((it) => it.key === key)?.value
}

const noNames: ReadonlySet<string> = new Set()

function namesAt(select: readonly SelectItem[], path: readonly string[]): ReadonlySet<string> {
  if (path.length === 0) return embedNames(select)
  const embed = embedAt(select, path)
  return embed === undefined ? noNames : embedNames(embed.select)
}

/** Brings `limit` and `offset` of a level together; of several the last holds. */
class Pages {
  readonly #levels = new Map<string, Placed<Page>>()

  set(path: readonly string[], key: string, kind: 'limit' | 'offset', count: number | undefined): void {
    if (count === undefined) return
    const level = JSON.stringify(path)
    const before = this.#levels.get(level)?.value ?? { offset: 0, limit: undefined }
    this.#levels.set(level, { path, key, value: kind === 'limit' ? { ...before, limit: count } : { ...before, offset: count } })
  }

  root(): Page | undefined {
    return this.#levels.get('[]')?.value
  }

  embedded(): Placed<Page>[] {
    return [...this.#levels.values()].filter(({ path }) => path.length > 0)
  }
}
