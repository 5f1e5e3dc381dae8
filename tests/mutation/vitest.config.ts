import type { ViteUserConfig } from 'vitest/config'
import base from '../../vitest.config.ts'
// @ts-expect-error -- the tools are plain JavaScript without declarations
import { groups } from './groups.mjs'
// @ts-expect-error -- as above
import { keptThread } from './kept-thread.mjs'

const group = (groups as Record<string, { readonly tests: readonly string[] }>)[process.env['MUTATION_GROUP'] ?? '']
if (group === undefined) throw new Error('MUTATION_GROUP names none of the groups in groups.mjs; npm run mutation sets it')

const config: ViteUserConfig = {
  ...base,
  plugins: [keptThread as never],
  test: {
    ...base.test,
    include: [...group.tests],
    exclude: [...(base.test?.exclude ?? []), '**/*.fuzz.test.ts', '**/{both-modes,large-values,guarded-paths}.test.ts'],
    setupFiles: ['tools/vitest-setup.ts', 'tests/mutation/vitest-setup.ts'],
    testTimeout: 60_000,
  },
}

export default config
