/** Asked in a way that can't be answered: exit code 2. */
export class UsageError extends Error {
  override readonly name: string = 'UsageError'
}
