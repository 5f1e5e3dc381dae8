import type { Issue } from './contract.ts'

/** A schema that can't be used where it stands. Thrown while the application is built, never by a request's value. */
export class SchemaError extends Error {
  override readonly name = 'SchemaError'
}

/** A handler's value is not what its reply schema declares. For the log: the client is told a plain 500. */
export class ReplyMismatch extends Error {
  override readonly name = 'ReplyMismatch'
  readonly issues: readonly Issue[]

  constructor(issues: readonly Issue[]) {
    const shown = issues.slice(0, 5).map((issue) => `${issue.pointer === '' ? 'the value' : issue.pointer} ${issue.message}`)
    if (issues.length > 5) shown.push(`and ${issues.length - 5} more`)
    super(`The answer does not match its reply schema: ${shown.join('; ')}`)
    this.issues = issues
  }
}
