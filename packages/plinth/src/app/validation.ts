import { problem } from '../http/problem.ts'
import type { Checked, InputCheck, Issue } from '../schema/contract.ts'
import type { RequestContext } from './context.ts'

export type Slot = 'params' | 'query' | 'headers' | 'cookies'
export interface SlotCheck {
  readonly slot: Slot
  readonly check: InputCheck
}
/** Reads the body and checks it where a schema is declared. */
export interface BodyRead {
  /** A promise only where the body is not at hand. Throws what a promise would reject with. */
  read(ctx: RequestContext): Checked | Promise<Checked>
}

/** All slots of one contract. Issues of all of them are told together, the body's too. */
export class Validation {
  readonly #slots: readonly SlotCheck[]
  readonly #body: BodyRead | undefined

  constructor(slots: readonly SlotCheck[], body: BodyRead | undefined) {
    this.#slots = slots
    this.#body = body
  }

  apply(ctx: RequestContext): void | Promise<void> {
    const findings = new Findings(ctx)
    try {
      for (const { slot, check } of this.#slots) findings.take(slot, check.check(ctx[slot]))
      if (this.#body !== undefined) findings.take('body', this.#body.read(ctx))
    } catch (error) {
      findings.abandon()
      throw error
    }
    return findings.finish()
  }
}

/** What was found of one request. */
class Findings {
  readonly #ctx: RequestContext
  #issues: Issue[] | undefined
  #waiting: Promise<void>[] | undefined

  constructor(ctx: RequestContext) {
    this.#ctx = ctx
  }

  take(slot: Slot | 'body', checked: Checked | Promise<Checked>): void {
    if (checked instanceof Promise) (this.#waiting ??= []).push(checked.then((it) => this.#settle(slot, it)))
    else this.#settle(slot, checked)
  }

  /** A slot that can't even be read answers alone; what was begun beside it must not end the process when it fails too. */
  abandon(): void {
    for (const begun of this.#waiting ?? []) begun.catch(() => {})
  }

  finish(): void | Promise<void> {
    if (this.#waiting !== undefined) return Promise.all(this.#waiting).then(() => this.#judge())
    return this.#judge()
  }

  #settle(slot: Slot | 'body', checked: Checked): void {
    if (checked.ok) this.#ctx[slot] = checked.value
    else (this.#issues ??= []).push(...checked.issues)
  }

  #judge(): void {
    if (this.#issues) throw problem('validation-failed', { issues: this.#issues })
  }
}
