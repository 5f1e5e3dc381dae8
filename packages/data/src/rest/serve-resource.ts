import type { AnyGuard, Reply } from 'plinth'
import type { Table } from '../model/contract.ts'
import { runOn } from '../database/run.ts'
import { PostgrestError } from '../grammar/postgrest-error.ts'
import { Asker } from '../resource/asker.ts'
import { actingRun } from '../resource/captured.ts'
import type { CompiledResource } from '../resource/compile-resource.ts'
import { writeHooks } from '../resource/hooks.ts'
import type { CompiledResources } from '../resource/resource-set.ts'
import type { DataAnswer } from '../respond/answer.ts'
import { errorAnswer } from '../respond/error-answer.ts'
import type { DataRequestParts } from '../respond/exchange.ts'
import { serveRequest } from '../respond/serve-request.ts'
import { answerOf, type DataContext, partsOf } from './http-parts.ts'
import { answerOne, plainKey } from './plain-form.ts'

/** What a module serves, as its requests need it. */
export interface Served {
  readonly set: CompiledResources
  readonly tables: ReadonlySet<Table>
}

/** Answers a request on rows, or with `key` on one row. */
export async function serveResource(
  ctx: DataContext,
  compiled: CompiledResource,
  served: Served,
  passed: readonly AnyGuard[],
  plain: boolean,
): Promise<Reply<number, unknown>> {
  const parts = partsOf(ctx, compiled.name)
  if (parts instanceof PostgrestError) return answerOf(errorAnswer(parts, { authenticated: true, rowDetails: false })!, ctx)
  const asked = (it: DataRequestParts): Promise<DataAnswer> => ask(it, ctx, compiled, served, passed)
  if (!plain) return answerOf(await asked(parts), ctx)
  const { id } = ctx.params as { readonly id: string }
  return answerOf(await answerOne(parts, plainKey(compiled.table), id, compiled.name, asked), ctx)
}

async function ask(
  parts: DataRequestParts,
  ctx: DataContext,
  compiled: CompiledResource,
  { set, tables }: Served,
  passed: readonly AnyGuard[],
): Promise<DataAnswer> {
  const asker = new Asker(ctx, set, tables, passed)
  const plain = runOn(set.engine, {
    get signal() {
      return ctx.signal as AbortSignal
    },
  })
  const run = actingRun(plain, compiled, ctx)
  return asker.settled(() =>
    serveRequest(parts, {
      model: set.model,
      access: asker,
      authenticated: ctx.user !== null,
      limits: compiled.limits,
      run,
      hooks: (table) => writeHooks(set.ofTable(table)!, ctx),
      failed: (error) => ctx.log.error({ err: error, resource: compiled.name }, 'the database could not answer'),
    }),
  )
}
