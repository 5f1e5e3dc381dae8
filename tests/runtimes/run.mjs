// One suite on every runtime: `npm run runtimes`, or with `--only deno,bun` those whose names begin so.
import { transportCases } from '../../packages/plinth/dist/testing/transport-cases.js'
import { within } from '../../packages/plinth/dist/testing/transport-expect.js'
import { platforms } from './platforms.mjs'

const only = process.argv.includes('--only') ? (process.argv[process.argv.indexOf('--only') + 1] ?? '').split(',') : ['']
const chosen = platforms.filter(({ name }) => only.some((start) => name.startsWith(start)))
if (chosen.length === 0) {
  console.error(`--only ${only.join(',')} names nothing; there are ${platforms.map(({ name }) => name).join(', ')}`)
  process.exit(2)
}

let passed = 0
let failed = 0
for (const platform of chosen) {
  const { name, about, lacks = {}, leaves } = platform
  const cases = platform.only ?? transportCases.filter((it) => !(it.needs in lacks) && !leaves?.test(it.name))
  const left = platform.only ? 0 : transportCases.length - cases.length
  const problems = []
  const began = performance.now()
  let served
  try {
    served = await within(60_000, Promise.resolve(platform.start()), 'the start')
    // Beside the others, since some of them only wait.
    const own = (platform.own ?? []).map((it) => attempt(it, served.ask, problems))
    for (const it of cases) await attempt(it, served.ask, problems)
    await Promise.all(own)
  } catch (error) {
    problems.push(`does not start: ${error.message}`)
  } finally {
    await served?.close()
  }
  const ran = served ? cases.length + (platform.own?.length ?? 0) : problems.length
  passed += ran - problems.length
  failed += problems.length
  const time = `${((performance.now() - began) / 1000).toFixed(1)} s`
  console.log(
    `${problems.length === 0 ? 'ok  ' : 'FAIL'} ${name.padEnd(16)}${about.padEnd(38)}${String(ran - problems.length).padStart(3)} of ${String(ran).padEnd(4)}${time.padStart(7)}${left > 0 ? `   ${left} left out` : ''}`,
  )
  for (const problem of problems.slice(0, 10)) console.log(`       ${problem.slice(0, 1_000)}`)
  if (problems.length > 10) console.log(`       and ${problems.length - 10} more`)
  if (process.argv.includes('--why')) for (const [lack, why] of Object.entries(lacks)) console.log(`       without ${lack}: ${why}`)
}
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed === 0 ? 0 : 1)

async function attempt({ name, run }, ask, problems) {
  try {
    await within(30_000, run(ask), name)
  } catch (error) {
    problems.push(`${name}: ${error.message}${error.cause ? ` (${error.cause.message})` : ''}`)
  }
}
