import { engineHere, scopeHere } from './ambient.ts'
import type { TransactionOptions } from './contract.ts'
import { TransactionError } from './errors.ts'
import type { Effect } from './scope.ts'
import { openEngines, type SqlEngine } from './sql-engine.ts'

/**
 * Runs `work` in a transaction: whatever it asks of the database meanwhile, through whatever service, happens together or not at
 * all. Inside another it is a savepoint. The database is that of the application whose request is being answered, else the only
 * one that is open.
 *
 * ```ts
 * await transaction(async () => { await invoices.create(draft); await stock.take(draft.items) })
 * ```
 * @throws {TransactionError} for a misuse, with what would be right.
 */
export function transaction<T>(work: () => Promise<T>, options: TransactionOptions = {}): Promise<T> {
  if (typeof work !== 'function') throw new TypeError('transaction(…) takes a function, and options behind it')
  return engine().transaction(options, () => work())
}

/**
 * Runs `effect` once the outermost transaction has committed, and never if it is taken back; without a transaction, at once. What it
 * throws is logged: the transaction stands. `transaction` waits for its effects, one after another, before it resolves.
 */
export function afterCommit(effect: Effect): void {
  if (typeof effect !== 'function') throw new TypeError('afterCommit(…) takes a function')
  const scope = scopeHere()
  if (scope === undefined) return void engine().effect(effect)
  scope.usable('an effect')
  scope.effects.push(effect)
}

function engine(): SqlEngine {
  const known = engineHere()
  if (known !== undefined) return known
  const [only, ...others] = openEngines()
  if (only !== undefined && others.length === 0) return only
  throw new TransactionError(
    'transaction-database',
    only === undefined ? 'No database is open' : `${others.length + 1} databases are open, and no request says which is meant`,
    only === undefined ? 'list database(…) in the application and build it first' : 'call transaction(…) of the database itself',
  )
}
