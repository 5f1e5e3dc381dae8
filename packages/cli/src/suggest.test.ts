import { expect, test } from 'vitest'
import { suggest } from './suggest.ts'

const names = ['dev', 'start', 'routes', 'openapi', 'doctor']

test.each([
  ['rotues', 'routes'],
  ['route', 'routes'],
  ['strat', 'start'],
  ['DEV', 'dev'],
  ['open', 'openapi'],
  ['doc', 'doctor'],
  ['serve', undefined],
  ['x', undefined],
  ['', undefined],
])('%s: %s', (given, meant) => expect(suggest(given, names)).toBe(meant))
