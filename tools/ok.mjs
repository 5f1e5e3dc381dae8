// The one gate. Each step prints one line, and one for each thing that it skipped; what it says else is shown only when it fails. `npm run ok -- types docs` runs some steps.
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { said, skipped } from './step-output.mjs'
import { root, run, scratch } from './workspace.mjs'

const node = (...args) => ({ command: process.execPath, args })
const tool = (name, ...args) => node(join('tools', `${name}.mjs`), ...args)
const report = (name) => join(scratch, `${name}.json`)
/** What makes vitest write the report that tests are counted from. */
const counting = (name) => ['--reporter=default', '--reporter=json', `--outputFile.json=${report(name)}`]

/** A step that hangs must end; the tests on a slow machine must not. */
const STEP_MS = 1_800_000

/** So many of those that stand `beside` each other run at once: they wait for the processes that they start, and none reads what another writes. */
const LANES = 2

/** Cheap ones first, so that a slip is known in seconds; those that read `dist` stand behind the build. */
const steps = [
  {
    name: 'lock',
    command: 'npm',
    args: ['ci', '--dry-run', '--ignore-scripts', '--offline'],
    mend: 'npm install, from a package-lock.json made without node_modules',
  },
  { name: 'format', ...tool('lint', 'oxfmt', '--check', '.'), mend: 'npm run format' },
  { name: 'lint', ...tool('lint', 'oxlint', '--deny-warnings') },
  { name: 'arrows', ...tool('check-arrows') },
  { name: 'paths', ...tool('check-paths') },
  { name: 'types', ...node('node_modules/typescript/bin/tsc', '--pretty', 'false', '-p', 'tsconfig.json', '--noEmit') },
  { name: 'build', ...tool('build') },
  { name: 'exports', ...tool('check-exports') },
  { name: 'surface', ...tool('check-surface') },
  { name: 'packages', ...tool('check-packages') },
  { name: 'examples', ...tool('check-examples'), beside: true },
  { name: 'docs', ...tool('check-docs'), beside: true },
  { name: 'tutorial', ...tool('walk-tutorial'), beside: true },
  { name: 'links', ...tool('check-links'), beside: true },
  { name: 'consumers', ...tool('check-consumers'), beside: true },
  { name: 'templates', ...tool('check-templates'), beside: true },
  { name: 'telemetry', ...tool('telemetry', ...counting('telemetry')), counts: true, beside: true },
  { name: 'tests', ...tool('coverage', ...counting('tests')), counts: true },
]

const asked = process.argv.slice(2)
const unknown = asked.filter((name) => !steps.some((step) => step.name === name))
if (unknown.length > 0) {
  console.error(`no step is called ${unknown.join(', ')}; there are ${steps.map((step) => step.name).join(', ')}`)
  process.exit(2)
}

const started = performance.now()
let passed = 0
let failed = 0
mkdirSync(scratch, { recursive: true })
console.log(`Node ${process.version}, ${availableParallelism()} cores`)

const chosen = steps.filter(({ name }) => asked.length === 0 || asked.includes(name))
while (chosen.length > 0) {
  const together = [chosen.shift()]
  while (together[0].beside && chosen[0]?.beside) together.push(chosen.shift())
  const went = await Promise.all(Array.from({ length: Math.min(LANES, together.length) }, () => lane(together)))
  if (went.includes(false)) break
}

/** Runs one step after the other; behind one that fails, none in any lane. */
async function lane(waiting) {
  for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
    if (await perform(step)) continue
    waiting.length = 0
    return false
  }
  return true
}

/** Runs a step and tells how it went; whether it went well. */
async function perform(step) {
  const begun = performance.now()
  if (step.counts) rmSync(report(step.name), { force: true })
  const { code, signal, output, stdout } = await run(step.command, step.args, {
    timeout: STEP_MS,
    env: { NO_COLOR: '1', FORCE_COLOR: '0' },
  })
  const time = `${((performance.now() - begun) / 1000).toFixed(1)} s`.padStart(8)
  const tests = step.counts ? counted(step.name) : undefined
  passed += tests?.passed ?? (code === 0 ? 1 : 0)
  failed += tests?.failed ?? (code === 0 ? 0 : 1)
  if (code === 0 && (tests === undefined || (tests.failed === 0 && tests.passed > 0))) {
    console.log(
      `ok   ${step.name.padEnd(10)}${time}   ${tests ? `${tests.passed} tests in ${tests.files} files${step.name === 'tests' ? `, ${branches()}` : ''}` : said(stdout)}`,
    )
    for (const line of skipped(output)) console.log(`     ${line}`)
    return true
  }
  // A gate whose tests all pass may still fail: coverage too low, an unhandled rejection, a file that does not load.
  if (tests?.failed === 0) failed++
  console.log(`FAIL ${step.name.padEnd(10)}${time}${signal ? `   ended by ${signal}` : ''}\n`)
  console.log(output.trim())
  if (step.mend) console.log(`\nto mend: ${step.mend}`)
  console.log(`\nstopped at "${step.name}"; the steps behind it did not run`)
  process.exitCode = 1
  return false
}

console.log(`${((performance.now() - started) / 1000).toFixed(0)} s; each test and each other step counts as one`)
console.log(`${passed} passed, ${failed} failed`)

function counted(name) {
  try {
    const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report(name), 'utf8'))
    return { passed: numPassedTests, failed: numFailedTests, files: testResults.length }
  } catch {
    return { passed: 0, failed: 0, files: 0 }
  }
}

function branches() {
  try {
    const { total } = JSON.parse(readFileSync(join(root, 'coverage/coverage-summary.json'), 'utf8'))
    return `${total.branches.pct}% of branches covered`
  } catch {
    return 'no coverage'
  }
}
