/** One thing that keeps an application from starting. */
export interface BootProblem {
  /** Stable, kebab-case: `route-conflict`, `service-cycle`, … */
  readonly code: string
  readonly message: string
  /** What to do about it. */
  readonly fix: string
  /** Where it was written: `routes/users.ts:12:5`. */
  readonly at?: string | undefined
  readonly cause?: unknown
}

/** Everything that keeps an application from starting, all at once. */
export class BootError extends Error {
  override readonly name: string = 'BootError'
  declare readonly problems: readonly BootProblem[]

  constructor(problems: readonly BootProblem[]) {
    const list = problems.map((it, i) => `\n\n${i + 1}. ${it.message}${it.at ? `\n   at  ${it.at}` : ''}\n   fix ${it.fix}  [${it.code}]`)
    const causes = problems.filter((it) => it.cause !== undefined)
    super(
      `The application can't start: ${problems.length === 1 ? 'one problem' : `${problems.length} problems`}.${list.join('')}\n`,
      causes.length === 1 ? { cause: causes[0]?.cause } : undefined,
    )
    // Node prints the fields of an error that nobody caught, and the message has told these: only several causes are news.
    Object.defineProperty(this, 'problems', { value: problems, enumerable: causes.length > 1 })
  }
}
