import type { Context } from 'plinth'
import type { Engine, Session } from '../database/contract.ts'
import type { Query } from '../model/introspect.ts'
import type { Run } from '../respond/exchange.ts'

/** Runs the statements of one request; what it waits for ends when the client has gone or the deadline has passed. */
export function runOn(engine: Engine, ctx: Pick<Context, 'signal'>): Run {
  const signal = ctx.signal as AbortSignal
  const queryOf =
    (session: Session): Query =>
    (text, values) =>
      session.query({ text, values }, { signal })
  return ({ transaction, readOnly }, work) =>
    transaction ? engine.transaction({ readOnly, signal }, (session) => work(queryOf(session))) : work(queryOf(engine))
}
