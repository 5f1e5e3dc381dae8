// The long run of a fuzzer; the gate runs a short one. `npm run fuzz -- requests --count 100000 --seed 7`, `npm run fuzz -- http --minutes 30`
import { existsSync, readdirSync } from 'node:fs'
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { bin, root } from './workspace.mjs'

const folder = join(root, 'tests/fuzz')
const suffix = '.fuzz.test.ts'
const names = readdirSync(folder)
  .filter((file) => file.endsWith(suffix))
  .map((file) => file.slice(0, -suffix.length))

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { count: { type: 'string', default: '100000' }, seed: { type: 'string' }, minutes: { type: 'string', default: '0' } },
})
const [name = ''] = positionals
const whole = /^\d{1,9}$/
if (
  !existsSync(join(folder, `${name}${suffix}`)) ||
  !whole.test(values.count) ||
  !whole.test(values.minutes) ||
  (values.seed !== undefined && !whole.test(values.seed))
) {
  console.error(`npm run fuzz -- <${names.join(' | ')}> [--count 100000 | --minutes N] [--seed N]`)
  process.exit(2)
}
const seed = values.seed ?? String(Math.floor(Math.random() * 2 ** 29))
const env = { ...process.env, FUZZ_COUNT: values.count, FUZZ_MINUTES: values.minutes, FUZZ_SEED: seed }
const run = spawn(process.execPath, [bin('vitest'), 'run', join('tests/fuzz', `${name}${suffix}`)], { cwd: root, stdio: 'inherit', env })
run.on('exit', (code) => {
  process.exitCode = code ?? 1
})
