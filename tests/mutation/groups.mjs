// What is mutated, and the tests that must notice: those beside the sources, and of the application's those that are about the group.
// Tests that start a process, feed random values or measure against large ones are left out: a mutant that only chance or patience
// finds is not caught by a unit's test, and each of the thousands of runs would pay for them.
const src = 'packages/plinth/src'

/** Of a hundred changes of each group, how many must be noticed at least. */
export const least = 75

export const groups = {
  router: {
    mutate: [`${src}/router/*.ts`],
    tests: [`${src}/router/*.test.ts`],
  },
  schemas: {
    mutate: [`${src}/schema/*.ts`],
    tests: [`${src}/schema/*.test.ts`],
  },
  guards: {
    mutate: [`${src}/app/guard*.ts`],
    tests: [`${src}/app/guard*.test.ts`, `${src}/app/{boot-checks,boot-problems}.test.ts`],
  },
  problems: {
    mutate: [`${src}/app/problem*.ts`, `${src}/http/problem*.ts`],
    tests: [`${src}/{app,http}/problem*.test.ts`],
  },
}
