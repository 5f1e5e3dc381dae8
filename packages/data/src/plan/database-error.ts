/** What the database would say, said before it is asked; the code is an SQLSTATE. */
export class DatabaseError extends Error {
  override readonly name: string = 'DatabaseError'
  readonly code: string
  readonly detail: string | undefined
  readonly hint: string | undefined

  constructor(code: string, message: string, detail?: string, hint?: string) {
    super(message)
    this.code = code
    this.detail = detail
    this.hint = hint
  }
}
