// Compiles and runs the tests that need OpenTelemetry's SDK, which is installed on first use. Arguments go on to vitest.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { install } from './install.mjs'
import { bin, root, tsc } from './workspace.mjs'

const home = join(root, 'tests/telemetry')
install(home)
const { code, output } = await tsc(['-p', home])
if (code !== 0) {
  console.error(output)
  process.exit(code)
}
const { status } = spawnSync(
  process.execPath,
  [bin('vitest'), 'run', '--root', root, '--config', join(home, 'vitest.config.ts'), ...process.argv.slice(2)],
  { stdio: 'inherit', cwd: root },
)
process.exit(status ?? 1)
