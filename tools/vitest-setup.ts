import { afterAll, beforeAll } from 'vitest'

const warnings: Error[] = []
const collect = (warning: Error): void => {
  // Node's own notices about experimental APIs depend on its version and are no fault of ours.
  if (warning.name !== 'ExperimentalWarning') warnings.push(warning)
}

beforeAll(() => {
  process.on('warning', collect)
})

afterAll(async () => {
  // Warnings are emitted on the next tick.
  await new Promise((resolve) => setImmediate(resolve))
  process.off('warning', collect)
  const first = warnings[0]
  if (first !== undefined) throw new Error(`a warning was emitted while these tests ran: ${first.stack ?? first.message}`)
})
