// Runs the tests and measures what they cover; what measures is installed on first use. Arguments go on to vitest.
import { existsSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { install, installExamples } from './install.mjs'
import { become, bin, root } from './workspace.mjs'

const home = join(root, 'tools/coverage')
install(home)
// Their tests run with the others.
installExamples()
// Vitest's threads import the provider by its name, from where vitest itself is; a path can't be configured.
const link = join(root, 'node_modules/@vitest/coverage-v8')
if (!existsSync(link)) symlinkSync(join(home, 'node_modules/@vitest/coverage-v8'), link, 'junction')
await become(bin('vitest'), ['run', '--coverage', ...process.argv.slice(2)])
