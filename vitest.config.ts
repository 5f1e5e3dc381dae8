import { realpathSync } from 'node:fs'
import { join } from 'node:path'
import type { ViteUserConfig } from 'vitest/config'
// @ts-expect-error -- the tools are plain JavaScript without declarations
import { sourceAliases } from './tools/workspace.mjs'

const aliases = (sourceAliases() as [string, string][]).map(([specifier, source]) => ({
  find: new RegExp(`^${specifier.replaceAll('/', '\\/')}$`),
  replacement: source,
}))

// Vitest looks for this file upwards, so it finds it from a project below `examples/` too, which is then tested alone.
const root = realpathSync(import.meta.dirname)
const everywhere = realpathSync(process.cwd()) === root

const config: ViteUserConfig = {
  resolve: { alias: aliases },
  test: {
    include: everywhere
      ? ['packages/*/src/**/*.test.ts', 'tests/**/*.test.ts', 'examples/**/*.test.ts', 'tools/**/*.test.ts', 'bench/**/*.test.ts']
      : ['**/*.test.ts'],
    exclude: [
      '**/node_modules/**',
      '**/dist/**',
      'tests/runtimes/**',
      'tests/consumers/apps/**',
      'tests/mutation/**',
      'tests/telemetry/**',
    ],
    pool: 'threads',
    maxWorkers: 2,
    passWithNoTests: false,
    dangerouslyIgnoreUnhandledErrors: false,
    // Against hangs, not against slow machines: what waits for an event says itself how long.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // A warning is a mistake that nobody has felt yet: deprecations, leaked listeners and promises handled too late fail the test.
    setupFiles: [join(root, 'tools/vitest-setup.ts')],
    coverage: {
      provider: 'v8',
      include: ['packages/*/src/**/*.ts'],
      exclude: ['**/*.test.ts', '**/types.ts', '**/contract.ts', '**/fixtures/**'],
      reporter: ['text-summary', 'json-summary', 'json'],
      reportsDirectory: 'coverage',
      thresholds: { branches: 90 },
    },
  },
}

export default config
