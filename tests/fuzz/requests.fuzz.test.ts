import { expect, test } from 'vitest'
import { runRequests } from './run-requests.ts'

const count = Number(process.env['FUZZ_COUNT'] ?? 1_500)
const given = process.env['FUZZ_SEED']
const random = Math.floor(Math.random() * 2 ** 31)
const seeds = given === undefined ? [...(process.env['FUZZ_COUNT'] === undefined ? [20_240_601] : []), random] : [Number(given)]

// More seeds and more requests: npm run fuzz -- requests --count 100000 --seed 7
test.each(seeds)(
  'whatever is asked has an answer that is no accident, seed %i',
  async (seed) => {
    const report = await runRequests(count, seed)
    const { ms, slowest, overSocket, statuses, grown } = report
    console.log(
      `${count} requests of seed ${seed}, ${overSocket} over a socket, in ${(ms / 1_000).toFixed(1)} s; slowest ${slowest.toFixed(0)} ms; heap ${(grown / 2 ** 20).toFixed(1)} MiB more; ${JSON.stringify(statuses)}`,
    )
    expect(report.faults.join('\n\n')).toBe('')
    expect(grown, 'bytes by which the heap grew').toBeLessThan(128 * 2 ** 20)
    // The generator still reaches what it is there for; the rare ones are drawn too seldom in a short run to be sure of.
    const common = count >= 1_000 ? [200, 204, 302, 400, 401, 403, 404, 405, 415, 422, 501] : []
    const rare = count >= 20_000 ? [201, 206, 304, 412, 413, 416, 431] : []
    expect([...common, ...rare].filter((status) => statuses[status] === undefined)).toEqual([])
  },
  60_000 + count * 20,
)
