/** Migrations that can't be applied, or can't be trusted: every reason at once. */
export class MigrationError extends Error {
  override readonly name: string = 'MigrationError'
  readonly problems: readonly string[]
  readonly fix: string

  constructor(problems: readonly string[], fix: string, cause?: unknown) {
    super(problems.join('\n'), cause === undefined ? undefined : { cause })
    this.problems = problems
    this.fix = fix
  }
}
