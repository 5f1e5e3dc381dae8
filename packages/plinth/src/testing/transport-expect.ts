/** The assertions of the conformance cases. They import no test runner, so that any can run the cases. */
export function equal(got: unknown, wanted: unknown, about: string): void {
  const [left, right] = [JSON.stringify(got), JSON.stringify(wanted)]
  if (left !== right) throw new Error(`${about}: got ${left}, wanted ${right}`)
}

export function holds(condition: boolean, about: string): asserts condition {
  if (!condition) throw new Error(about)
}

/** Rejects when `work` takes longer than `ms`. */
export async function within<T>(ms: number, work: Promise<T>, about: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${about}: nothing within ${ms} ms`)), ms)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
