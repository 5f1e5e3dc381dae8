// Rows that one may not read change nothing that one can see, whatever happens to them.
import { expect, test } from 'vitest'
import { engines } from '../../packages/data/src/fixtures/engines.ts'
import { runInvariance } from '../../packages/data/src/rest/fixtures/invariance.ts'

const count = Number(process.env['FUZZ_COUNT'] ?? 250)
const seed = Number(process.env['FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31))

// Longer: npm run fuzz -- invariance --count 2000 --seed 7
test.each(engines)(
  `answers are the same to the byte whatever rows there are that one may not read, seed ${seed} ($kind)`,
  async (kind) => {
    const { statuses, faults } = await runInvariance(kind, count, seed)
    console.log(`${count} requests of seed ${seed} on the ${kind.kind} engine, before and after: ${JSON.stringify(statuses)}`)
    expect(faults.join('\n\n')).toBe('')
    expect((statuses[200] ?? 0) + (statuses[206] ?? 0), 'requests that were granted').toBeGreaterThan(count / 10)
  },
  60_000 + count * 100,
)
