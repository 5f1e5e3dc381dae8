// Runs a program of tools/lint, `node tools/lint.mjs oxlint|oxfmt [arguments]`, where both are installed on first use.
import { join } from 'node:path'
import { install } from './install.mjs'
import { become, bin, root } from './workspace.mjs'

const [program, ...args] = process.argv.slice(2)
const home = join(root, 'tools/lint')
if (program !== 'oxlint' && program !== 'oxfmt') {
  console.error('node tools/lint.mjs oxlint|oxfmt [arguments]')
  process.exit(2)
}
install(home)
await become(bin(program, home), args)
