// Breaks things on purpose and holds what happens against what is promised. `npm run faults -- data`, `npm run faults -- data kill-embedded`
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { root } from './workspace.mjs'

const folder = join(root, 'tests/faults')
const groups = readdirSync(folder).filter((name) => existsSync(join(folder, name, 'index.mjs')))

function usage(known) {
  console.error(
    `npm run faults -- <${groups.join(' | ')}> [fault …] [--seed N] [--transport NAME]${known ? `\nfaults: ${known.join(', ')}` : ''}`,
  )
  process.exit(2)
}

const { values, positionals } = parseArgs({ allowPositionals: true, options: { seed: { type: 'string' }, transport: { type: 'string' } } })
const [group = '', ...wanted] = positionals
if (!groups.includes(group) || (values.seed !== undefined && !/^\d{1,9}$/.test(values.seed))) usage()
const { faults, missing, transports = [] } = await import(join(folder, group, 'index.mjs'))
const known = faults.map(({ name }) => name)
if (wanted.some((name) => !known.includes(name))) usage(known)
const transport = values.transport ?? transports[0]
if (transport !== undefined && !transports.includes(transport)) {
  console.error(`--transport is one of ${transports.join(', ') || 'none here'}`)
  process.exit(2)
}
const lacking = missing()
if (lacking !== undefined) {
  console.error(lacking)
  process.exit(2)
}

const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 29))
console.log(`seed ${seed}${transport === undefined ? '' : `, transport ${transport}`}`)
let failures = 0
for (const fault of faults) {
  if (wanted.length > 0 && !wanted.includes(fault.name)) continue
  console.log(`\n${fault.name}: ${fault.about}`)
  const hold = (what, measured, kept) => {
    if (!kept) failures++
    console.log(`  ${kept ? 'kept  ' : 'BROKEN'}  ${what}: ${measured}`)
  }
  try {
    await fault.run({ hold, tell: (text) => console.log(`          ${text}`), seed, transport })
  } catch (error) {
    failures++
    console.log(`  BROKEN  it could not be shown:`, error)
  }
}
console.log(failures === 0 ? '\nall promises kept' : `\n${failures} promises broken`)
process.exit(failures === 0 ? 0 : 1)
