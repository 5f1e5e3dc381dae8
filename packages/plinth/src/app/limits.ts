/** The longest that a timer counts; past it, and for `Infinity`, it would fire at once. */
const MOST_MS = 2_147_483_647

interface Limits {
  readonly timeout?: number
  readonly bodyLimit?: number
}

/** What is wrong with the limits of a route or module, with what to write instead. */
export function limitFaults({ timeout, bodyLimit }: Limits): readonly (readonly [message: string, fix: string])[] {
  const faults: (readonly [string, string])[] = []
  if (timeout !== undefined && !(Number.isInteger(timeout) && timeout >= 0 && timeout <= MOST_MS))
    faults.push([`the timeout ${timeout} is not a whole number of milliseconds`, `write one up to ${MOST_MS}, or 0 for no limit`])
  if (bodyLimit !== undefined && !(Number.isSafeInteger(bodyLimit) && bodyLimit >= 0))
    faults.push([`the bodyLimit ${bodyLimit} is not a whole number of bytes`, 'write it out: 10 * 1024 * 1024 is 10 MiB'])
  return faults
}
