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
import { asRead, canBeKey, fromGrammar, kindOfChange, noObject, notThere, plainKey, toGrammar } from './plain-form.ts'

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
  if (!plain) return answerOf(await ask(parts, ctx, compiled, served, passed), ctx)
  const key = plainKey(compiled.table)!
  const { id } = ctx.params as { readonly id: string }
  if (!canBeKey(id, key)) return answerOf(notThere(compiled.name, parts.method), ctx)
  if (parts.method === 'PATCH') {
    const kind = kindOfChange(parts)
    if (kind === 'none')
      return answerOf(
        fromGrammar(await ask(toGrammar(asRead(parts), key, id), ctx, compiled, served, passed), compiled.name, parts.method),
        ctx,
      )
    if (kind === 'wrong') return answerOf(errorAnswer(noObject, { authenticated: true, rowDetails: false })!, ctx)
  }
  return answerOf(fromGrammar(await ask(toGrammar(parts, key, id), ctx, compiled, served, passed), compiled.name, parts.method), ctx)
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
