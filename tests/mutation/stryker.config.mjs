/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
  packageManager: 'npm',
  plugins: ['./tests/mutation/node_modules/@stryker-mutator/vitest-runner/dist/src/index.js'],
  testRunner: 'vitest',
  vitest: { configFile: 'tests/mutation/vitest.config.ts', related: true },
  coverageAnalysis: 'perTest',
  mutate: [
    'packages/plinth/src/router/**/*.ts',
    'packages/plinth/src/schema/**/*.ts',
    'packages/plinth/src/app/guard*.ts',
    'packages/plinth/src/app/problem*.ts',
    'packages/plinth/src/http/problem*.ts',
    '!**/*.test.ts',
    '!**/{types,contract}.ts',
  ],
  ignorePatterns: ['/bench', '/docs', '/coverage', '/.plinth', '/packages/*/dist', '/tests/runtimes', '/tests/consumers', '/examples'],
  // Stryker rewrites a tsconfig with TypeScript's old API, which version 7 has not; vitest needs no tsconfig, so it gets none.
  tsconfigFile: 'tests/mutation/no-tsconfig.json',
  concurrency: 2,
  timeoutMS: 5000,
  logLevel: 'warn',
  reporters: ['clear-text', 'json'],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  jsonReporter: { fileName: 'reports/mutation.json' },
  thresholds: { high: 90, low: 80, break: 75 },
}
