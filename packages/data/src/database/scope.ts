import type { Request, Result } from './connection.ts'
import type { QueryOptions, Row, Session, Statement, TransactionOptions } from './contract.ts'
import { scopeHere } from './ambient.ts'
import { TransactionError } from './errors.ts'
import type { Transaction } from './transaction.ts'
import type { SqlEngine } from './sql-engine.ts'

/** What runs once the outermost transaction has committed. */
export type Effect = () => unknown

/**
 * A transaction or a savepoint within it, as those who run in it see it. Statements go to the innermost one that is open: while a
 * savepoint is, whoever is outside of it must wait, or what they write would be taken back with it.
 */
export class Scope implements Session {
  readonly transaction: Transaction
  readonly outer: Scope | undefined
  readonly depth: number
  readonly effects: Effect[] = []
  /** The savepoint that is open in it. */
  inner: Scope | undefined
  #ended = false

  constructor(transaction: Transaction, outer: Scope | undefined) {
    this.transaction = transaction
    this.outer = outer
    this.depth = outer === undefined ? 0 : outer.depth + 1
  }

  get engine(): SqlEngine {
    return this.transaction.engine
  }

  get open(): boolean {
    if (this.transaction.failure !== undefined) return false
    for (let it: Scope | undefined = this; it !== undefined; it = it.outer) if (it.#ended) return false
    return true
  }

  end(): void {
    this.#ended = true
  }

  async query({ text, values }: Statement, options: QueryOptions = {}): Promise<readonly Row[]> {
    return (await this.execute({ text, values }, options)).rows
  }

  async script(text: string, options: QueryOptions = {}): Promise<void> {
    await this.execute({ text }, { timeoutMs: options.timeoutMs ?? 0, signal: options.signal })
  }

  async execute(request: Request, options: QueryOptions, often = false): Promise<Result> {
    this.usable('a statement')
    return this.transaction.execute(request, options, often)
  }

  /** Throws where `what` may not run in here now. */
  usable(what: string): void {
    const { failure } = this.transaction
    if (failure !== undefined) throw failure.error
    if (!this.open) {
      throw new TransactionError(
        'transaction-ended',
        `${what} came after its transaction had ended`,
        'await everything inside the transaction, or start it with afterCommit(…) or outsideTransaction(…)',
      )
    }
    if (this.inner !== undefined && !this.#surrounds(scopeHere(this.engine))) {
      throw new TransactionError(
        'transaction-parallel',
        `${what} came beside a savepoint that is open in the same transaction, and would be taken back with it`,
        'await the inner transaction first, rather than running both at once',
      )
    }
  }

  /** Code within the savepoint may use what it was handed further out. */
  #surrounds(scope: Scope | undefined): boolean {
    for (let it = scope; it !== undefined; it = it.outer) if (it === this) return it !== scope
    return false
  }
}

const strength = { 'read committed': 0, 'repeatable read': 1, serializable: 2 } as const

/** A savepoint can't promise more than the transaction that it is in. */
export function checkNested(outer: TransactionOptions, inner: TransactionOptions): void {
  const has = outer.isolation ?? 'read committed'
  if (inner.isolation !== undefined && strength[inner.isolation] > strength[has]) {
    throw new TransactionError(
      'transaction-isolation',
      `A transaction asks for '${inner.isolation}' inside one that is '${has}', which can't change any more`,
      `give the outer one { isolation: '${inner.isolation}' }`,
    )
  }
}
