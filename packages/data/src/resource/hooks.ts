import type { PgTable } from 'drizzle-orm/pg-core'
import type { Context } from 'plinth'
import { afterCommit as onCommit } from '../database/current.ts'
import type { Payload } from '../payload/payload.ts'
import type { WriteHooks } from '../respond/exchange.ts'
import type { CompiledResource } from './compile-resource.ts'
import type { Written } from './types.ts'

/** The hooks of a resource for one request; undefined without any. */
export function writeHooks(compiled: CompiledResource, ctx: Pick<Context, 'user' | 'use' | 'log'>): WriteHooks | undefined {
  const { beforeWrite, afterCommit } = compiled.options.hooks ?? {}
  if (beforeWrite === undefined && afterCommit === undefined) return undefined
  const { user, use } = ctx
  return {
    ...(beforeWrite !== undefined && {
      async before(verb: Written<PgTable>['verb'], payload: Payload | undefined): Promise<Payload | undefined> {
        const rows = payload === undefined ? [] : rowsOf(payload)
        const before = JSON.stringify(rows)
        await beforeWrite({ verb, rows, user, use })
        const after = JSON.stringify(rows)
        // What was not changed stays the client's text, in which numbers have all their digits.
        return payload === undefined || after === before ? undefined : changed(payload, rows, after)
      },
    }),
    ...(afterCommit !== undefined && {
      written(verb: Written<PgTable>['verb'], rows: readonly object[]): void {
        if (rows.length === 0) return
        onCommit(async () => {
          try {
            await afterCommit({ verb, rows: rows as Written<PgTable>['rows'], user, use })
          } catch (error) {
            ctx.log.error({ err: error, resource: compiled.name }, 'an afterCommit hook failed')
          }
        })
      },
    }),
  }
}

type Members = { [name: string]: unknown }

/** The rows with what counts of them: a body may hold more than `columns=` names. */
function rowsOf({ json, columns }: Payload): Members[] {
  return (JSON.parse(json) as Members[]).map((row) => {
    const kept: Members = {}
    for (const name of columns) if (Object.hasOwn(row, name)) kept[name] = row[name]
    return kept
  })
}

function changed(payload: Payload, rows: readonly Members[], json: string): Payload {
  const names = new Set(rows.flatMap((it) => Object.keys(it)))
  const added = [...names].filter((it) => !payload.columns.includes(it))
  return {
    ...payload,
    json,
    rows: rows.length,
    columns: [...payload.columns, ...added],
    trusted: new Set([...(payload.trusted ?? []), ...added]),
  }
}
