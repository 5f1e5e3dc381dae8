import { expect, test } from 'vitest'
// @ts-expect-error -- plain JavaScript without declarations
import { targetsOf } from './report.mjs'

const measured = {
  contender: 'plinth',
  load: 'half',
  shape: 'hello',
  headers: 'browser',
  p99: 4,
  rate: 50_000,
  saturation: 100_001,
  doubt: undefined as string | undefined,
}
const valueOf = (result: object): number => targetsOf([{ ...measured, ...result }])[0].value

test('the target is about Plinth at half of what it can do', () => {
  expect(targetsOf([measured, { ...measured, load: 'same' }, { ...measured, contender: 'fastify' }])).toEqual([
    { what: 'p99 of hello, browser headers, at half of saturation, 50000/s, 50%', value: 4, limit: 10, unit: ' ms' },
  ])
})

test('what could not be sent at that rate, or was not answered, is no measurement', () => {
  expect(valueOf({ rate: 20_000 })).toBeNaN()
  expect(valueOf({ failed: 'answered with 503' })).toBeNaN()
})

test('a doubt speaks against a figure that is too high, never against one that holds all the same', () => {
  expect(valueOf({ p99: 12 })).toBe(12)
  expect(valueOf({ p99: 12, doubt: 'the load generator was late itself' })).toBeNaN()
  expect(valueOf({ p99: 9, doubt: 'the load generator was late itself' })).toBe(9)
})
