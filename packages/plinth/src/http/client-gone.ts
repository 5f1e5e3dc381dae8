/** Why a request's signal aborts, and its body ends early, when nobody waits for the answer any more. Not a failure of ours. */
export class ClientGone extends Error {
  override readonly name: string = 'ClientGone'
  constructor() {
    super('the client went away')
  }
}
