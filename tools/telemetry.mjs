// Compiles and runs the tests that need OpenTelemetry's SDK, which is installed on first use. Arguments go on to vitest.
import { join } from 'node:path'
import { install } from './install.mjs'
import { become, bin, root, tsc } from './workspace.mjs'

const home = join(root, 'tests/telemetry')
install(home)
const { code, output } = await tsc(['-p', home])
if (code === 0) await become(bin('vitest'), ['run', '--root', root, '--config', join(home, 'vitest.config.ts'), ...process.argv.slice(2)])
else {
  console.error(output)
  process.exitCode = code
}
