import { groups } from './groups.mjs'

const name = process.env.MUTATION_GROUP
if (!(name in groups)) throw new Error('MUTATION_GROUP names none of the groups in groups.mjs; npm run mutation sets it')

/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
  packageManager: 'npm',
  plugins: ['./tests/mutation/node_modules/@stryker-mutator/vitest-runner/dist/src/index.js'],
  testRunner: 'vitest',
  // The tests are listed, so vitest need not find out before each run which of them could reach the mutated file.
  vitest: { configFile: 'tests/mutation/vitest.config.ts', related: false },
  coverageAnalysis: 'perTest',
  mutate: [...groups[name].mutate, '!**/*.test.ts', '!**/{types,contract}.ts'],
  ignorePatterns: [
    '/.stryker-tmp',
    '/bench',
    '/docs',
    '/coverage',
    '/.plinth',
    '/packages/*/dist',
    '/tests/runtimes',
    '/tests/consumers',
    '/examples',
  ],
  // Stryker rewrites a tsconfig with TypeScript's old API, which version 7 has not; vitest needs no tsconfig, so it gets none.
  tsconfigFile: 'tests/mutation/no-tsconfig.json',
  concurrency: 2,
  // Generous, so that a busy machine is not taken for an endless loop; Stryker counts the steps of real ones and stops them itself.
  timeoutMS: 15_000,
  timeoutFactor: 10,
  logLevel: 'warn',
  reporters: ['clear-text', 'json'],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false, reportScoreTable: false },
  jsonReporter: { fileName: `reports/mutation/${name}.json` },
}
