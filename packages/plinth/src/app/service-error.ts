/** A service that can't be had: a cycle, an asynchronous one that was never booted, a token that nothing provides. */
export class ServiceError extends Error {
  override readonly name: string = 'ServiceError'
  readonly code: string
  readonly fix: string
  /** Where the service at fault was defined: `services/users.ts:12:5`. */
  readonly at: string | undefined

  constructor(code: string, message: string, fix: string, at?: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.fix = fix
    this.at = at
  }
}
