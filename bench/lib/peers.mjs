import { existsSync } from 'node:fs'

const bench = new URL('../', import.meta.url)

/** `true`, or why Plinth can't be run: benchmarks use it as its users do, from what was built. */
export function plinthBuilt() {
  return existsSync(new URL('../packages/plinth/dist/index.js', bench)) || 'packages/plinth/dist is missing; run `npm run build` first'
}
