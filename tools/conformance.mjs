// Holds a package against cases of the protocol it speaks. `npm run conformance -- postgrest [--cases FILE] [--fixture FILE]`
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { bin, root } from './workspace.mjs'

const suites = {
  postgrest: { script: 'packages/data/src/fixtures/run-conformance.ts', cases: '../shared/cases/postgrest/cases.json' },
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { cases: { type: 'string' }, fixture: { type: 'string' }, verbose: { type: 'boolean' } },
})
const suite = Object.hasOwn(suites, positionals[0] ?? '') ? suites[positionals[0]] : undefined
if (suite === undefined || positionals.length > 1) {
  console.error(`npm run conformance -- <${Object.keys(suites).join(' | ')}> [--cases FILE] [--fixture FILE] [--verbose]`)
  process.exit(2)
}
const cases = values.cases === undefined ? join(root, suite.cases) : resolve(values.cases)
if (!existsSync(cases)) {
  console.error(`there are no cases: ${cases} does not exist; name a file with --cases`)
  process.exit(2)
}
const args = [join(root, suite.script), '--cases', cases]
if (values.fixture !== undefined) args.push('--fixture', resolve(values.fixture))
if (values.verbose === true) args.push('--verbose')
const run = spawn(process.execPath, [bin('tsx'), ...args], { cwd: root, stdio: 'inherit' })
run.on('exit', (code) => {
  process.exitCode = code ?? 1
})
