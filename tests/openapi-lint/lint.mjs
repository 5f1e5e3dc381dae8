// Lints OpenAPI documents with Redocly's recommended rules: `node lint.mjs [document.json…]`, by default those of the sample
// API that the tests validate. Installed apart from the workspace: it is 29 MB.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { install } from '../../tools/install.mjs'

const home = dirname(fileURLToPath(import.meta.url))
const root = join(home, '../..')

install(home)

const scratch = mkdtempSync(join(tmpdir(), 'openapi-lint-'))
const given = process.argv.slice(2)
try {
  const documents = given.length > 0 ? given : sampleDocuments(scratch)
  const { createConfig, lintFromString } = await import('@redocly/openapi-core')
  // Beside `default`, which describes every problem, a 4XX on routes that read nothing would say nothing.
  const config = await createConfig({ extends: ['recommended'], rules: { 'operation-4xx-response': 'off' } })
  let found = 0
  for (const path of documents) {
    const problems = await lintFromString({ source: readFileSync(path, 'utf8'), absoluteRef: path, config })
    for (const { severity, ruleId, message, location } of problems)
      console.log(`${severity} ${ruleId} ${location[0]?.pointer ?? ''}: ${message}`)
    console.log(`${path.replace(`${scratch}/`, '')}: ${problems.length} problems`)
    found += problems.length
  }
  process.exitCode = found > 0 ? 1 : 0
} finally {
  rmSync(scratch, { recursive: true, force: true })
}

function sampleDocuments(folder) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'node_modules/tsx/dist/cli.mjs'), join(home, 'sample.ts')], {
    encoding: 'utf8',
    cwd: root,
  })
  if (status !== 0) throw new Error(stderr)
  return Object.entries(JSON.parse(stdout)).map(([name, document]) => {
    const path = join(folder, `${name}.json`)
    writeFileSync(path, JSON.stringify(document))
    return path
  })
}
