import { expect, test } from 'vitest'
// @ts-expect-error -- plain JavaScript without declarations
import { counted, tableOf } from './mutation-score.mjs'

const report = (...mutants: readonly object[]): object => ({
  files: { 'a.ts': { mutants: mutants.slice(0, 1) }, 'b.ts': { mutants: mutants.slice(1) } },
})
const killed = { status: 'Killed' }
const endless = { status: 'Timeout', statusReason: 'Hit limit reached (101/100)' }

test('only what a test or the count of steps noticed is noticed: a busy machine runs out of time too', () => {
  const row = counted('some', report(killed, endless, { status: 'Timeout' }, { status: 'Survived' }, { status: 'NoCoverage' }, killed))
  expect(row).toEqual({ name: 'some', killed: 2, endless: 1, clock: 1, survived: 1, uncovered: 1, score: 50 })
})

test('what does not even run counts neither way', () => {
  expect(counted('some', report(killed, { status: 'RuntimeError' }, { status: 'Ignored' })).score).toBe(100)
})

test('a group that has lost its files has no score', () => {
  expect(counted('some', { files: {} }).score).toBe(0)
})

test('the table never rounds up', () => {
  const row = { name: 'some', killed: 1, endless: 0, clock: 0, survived: 0, uncovered: 0, score: 74.99999 }
  expect(tableOf([row]).split('\n')).toEqual([
    'group  killed  endless loop  out of time  survived  not covered    score',
    'some        1             0            0         0            0  74.99 %',
  ])
})
