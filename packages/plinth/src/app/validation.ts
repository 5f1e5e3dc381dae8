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
  read(ctx: RequestContext): Promise<Checked>
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
    let issues: Issue[] | undefined
    const settle = (slot: Slot | 'body', checked: Checked): void => {
      if (checked.ok) ctx[slot] = checked.value
      else (issues ??= []).push(...checked.issues)
    }
    const finish = (): void => {
      if (issues) throw problem('validation-failed', { issues })
    }
    let waiting: Promise<void>[] | undefined
    try {
      for (const { slot, check } of this.#slots) {
        const checked = check.check(ctx[slot])
        if (checked instanceof Promise) (waiting ??= []).push(checked.then((it) => settle(slot, it)))
        else settle(slot, checked)
      }
    } catch (error) {
      // A slot that can't even be read answers alone; what was begun beside it must not end the process when it fails too.
      for (const begun of waiting ?? []) begun.catch(() => {})
      throw error
    }
    if (this.#body === undefined) return waiting === undefined ? finish() : Promise.all(waiting).then(finish)
    const read = this.#body.read(ctx)
    if (waiting !== undefined) return Promise.all([...waiting, read.then((it) => settle('body', it))]).then(finish)
    return read.then((it) => {
      settle('body', it)
      finish()
    })
  }
}
