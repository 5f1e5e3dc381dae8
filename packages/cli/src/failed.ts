import type { Failure } from './failure.ts'

/** Ends a command whose failure was described where more was known about it. */
export class Failed extends Error {
  override readonly name: string = 'Failed'
  readonly failure: Failure

  constructor(failure: Failure) {
    super(failure.title)
    this.failure = failure
  }
}
