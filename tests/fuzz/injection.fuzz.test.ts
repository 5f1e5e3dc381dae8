// Injection through the whole application: names, values, paths, casts, operators, orders, headers and bodies, bent at random.
import { expect, test } from 'vitest'
import { engines } from '../../packages/data/src/fixtures/engines.ts'
import { runInjection } from '../../packages/data/src/rest/fixtures/injection.ts'

const count = Number(process.env['FUZZ_COUNT'] ?? 600)
const seed = Number(process.env['FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31))

// Longer: npm run fuzz -- injection --count 100000 --seed 7
test(
  `no request reaches the database as a statement that it can't read, seed ${seed}`,
  async () => {
    const { statuses, states, faults } = await runInjection(engines[0]!, count, seed)
    console.log(
      `${count} requests of seed ${seed} on the ${engines[0]!.kind} engine: ${JSON.stringify(statuses)}, of the database ${JSON.stringify(states)}`,
    )
    expect(faults.join('\n\n')).toBe('')
    expect((statuses[200] ?? 0) + (statuses[206] ?? 0) + (statuses[201] ?? 0), 'requests that were granted').toBeGreaterThan(count / 20)
  },
  60_000 + count * 50,
)
