import type { ViteUserConfig } from 'vitest/config'
import base from '../../vitest.config.ts'

// Only what stands beside the mutated sources: a mutant that needs a child process or a socket to be noticed is not a unit's.
const config: ViteUserConfig = {
  ...base,
  test: { ...base.test, include: ['packages/plinth/src/{router,schema,app,http}/**/*.test.ts'], testTimeout: 60_000 },
}

export default config
