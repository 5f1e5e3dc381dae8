import { afterAll, beforeAll, describe, test } from 'vitest'
import type { Ask, Lack } from './transport-case.ts'
import { transportCases } from './transport-cases.ts'

/** The fixture application as some transport serves it. */
export interface Served {
  readonly ask: Ask
  close(): Promise<void>
}

/** Asks over the network. */
export function askAt(base: string): Ask {
  return (path, init) => fetch(base + path, init)
}

/** What every transport must do. `serve` is called once and serves `transport-fixture.ts`. The cases stand in `transport-cases.ts`. */
export function transportConformance(name: string, serve: () => Promise<Served>, lacks: readonly Lack[] = []): void {
  describe(`${name} as a transport`, () => {
    let served: Served
    beforeAll(async () => {
      served = await serve()
    })
    afterAll(() => served.close())
    for (const { name: about, needs, run } of transportCases) {
      test.skipIf(needs !== undefined && lacks.includes(needs))(about, () => run(served.ask))
    }
  })
}
