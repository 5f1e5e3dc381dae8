import type { Query } from '../model/introspect.ts'
import type { Run } from '../respond/exchange.ts'
import { scopeHere } from './ambient.ts'
import type { Engine, QueryOptions, Session } from './contract.ts'

/**
 * Lets `serveRequest` ask an engine; inside a transaction that is under way it joins that. `options` are read only where they
 * count, so that a signal that a getter makes is not made for a read that ends in a blink.
 */
export function runOn(engine: Engine, options: QueryOptions = {}): Run {
  return ({ transaction, readOnly }, work) => {
    // Inside a transaction what fails must not take the whole of it along, so a write gets its savepoint there.
    if (!transaction && (readOnly || scopeHere() === undefined)) return work(queryOf(engine, options))
    return engine.transaction({ readOnly, signal: options.signal }, (session) => work(queryOf(session, options)))
  }
}

/** The one function that `introspect` and plans ask with. */
export function queryOf(session: Session, options: QueryOptions = {}): Query {
  return (text, values) => session.query({ text, values }, options)
}
