import { expect, test } from 'vitest'
import { disagreement } from './http/disagreements.ts'
import { nextInput } from './http/mutate.ts'
import { Llhttp, readOurs } from './http/readers.ts'
import { Random } from './random.ts'

const count = Number(process.env['FUZZ_COUNT'] ?? 1_500)
const minutes = Number(process.env['FUZZ_MINUTES'] ?? 0)
const seed = Number(process.env['FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
const MOST_FAULTS = 10
/** Nothing of ours computes as long as that. Collecting garbage may; what an input does, it does again. */
const STALL_MS = 100
const AGAIN = 3

// Longer: npm run fuzz -- http --minutes 30
test(
  `the engine takes nothing that llhttp refuses, and reads what both take alike, seed ${seed}`,
  async () => {
    const random = new Random(seed)
    const theirs = new Llhttp()
    const reasons: { [reason: string]: number } = {}
    const faults: string[] = []
    const until = Date.now() + minutes * 60_000
    let tried = 0
    let taken = 0
    let slowest = 0
    const onceSlow: number[] = []
    while ((minutes > 0 ? Date.now() < until : tried < count) && faults.length < MOST_FAULTS) {
      const bytes = Buffer.from(nextInput(random), 'latin1')
      const cut = pieces(bytes, random)
      const ours = await readOurs(cut)
      const other = await theirs.read(pieces(bytes, random))
      tried++
      taken += ours.requests.length
      let longest = ours.longest
      if (longest >= STALL_MS) {
        for (let i = 0; i < AGAIN; i++) longest = Math.min(longest, (await readOurs(cut)).longest)
        onceSlow.push(ours.longest)
      }
      slowest = Math.max(slowest, longest)
      if (ours.refused !== undefined) reasons[ours.refused] = (reasons[ours.refused] ?? 0) + 1
      const found = disagreement(ours, other)
      if (found !== undefined) faults.push(`${found}\n${JSON.stringify(bytes.toString('latin1'))}`)
    }
    console.log(
      `${tried} inputs of seed ${seed}, ${taken} requests taken, slowest turn ${slowest.toFixed(0)} ms, ${onceSlow.length} more that were slow once (${Math.max(0, ...onceSlow).toFixed(0)} ms) and fast when repeated; refused for ${JSON.stringify(reasons)}`,
    )
    expect(faults.join('\n\n')).toBe('')
    expect(taken, 'requests taken: mutations must leave some good').toBeGreaterThan(tried / 10)
    if (minutes > 0) expect(slowest).toBeLessThan(STALL_MS)
  },
  60_000 + minutes * 61_000 + count * 40,
)

/** Whole, in a few pieces, or byte by byte: where a packet ends must not matter. */
function pieces(bytes: Buffer, random: Random): Buffer[] {
  if (random.one(2) || bytes.length < 2) return [bytes]
  const list: Buffer[] = []
  const most = bytes.length > 2_000 ? 1_000 : random.one(4) ? 3 : 60
  for (let at = 0; at < bytes.length;) {
    const size = 1 + random.below(most)
    list.push(bytes.subarray(at, at + size))
    at += size
  }
  return list
}
