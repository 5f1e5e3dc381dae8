import type { TakeOver } from '../contract.ts'
import { Answer } from './answer.ts'

/** Who goes on with a connection that leaves HTTP; made by `switchProtocols` of `plinth/node`. */
export class ProtocolSwitch {
  declare readonly '~switch': true
  readonly take: (connection: never) => unknown

  constructor(take: (connection: never) => unknown) {
    this.take = take
  }
}

/** In place of an answer. */
export class SwitchAnswer extends Answer {
  readonly takeOver: TakeOver

  constructor(takeOver: TakeOver) {
    super(101, [], null)
    this.takeOver = takeOver
  }
}
