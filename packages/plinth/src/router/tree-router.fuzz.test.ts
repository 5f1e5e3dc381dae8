import { expect, test } from 'vitest'
import { NaiveRouter } from '../testing/naive-router.ts'
import type { Match, Router } from './index.ts'
import { MalformedPath, RouteConflict, TreeRouter } from './index.ts'

const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 32))

const STATIC = ['a', 'b', 'ab', 'abc', 'x', '', '.', 'é', 'a:b']
const SENT = ['a', 'b', 'ab', 'abc', 'x', '', '.', '%C3%A9', 'a:b', '%61', '%61b', '%2F', 'a%2fb', '%2E', '%25', 'zz', 'a'.repeat(40)]
const BAD = ['%', '%2', '%zz', '%00', '%FF', '%C3', '%ED%A0%80', 'a%0']
const METHODS = ['GET', 'POST', '*']

/** A small generator (mulberry32): the same seed gives the same numbers everywhere. */
function generator(state: number): (below: number) => number {
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

function randomTemplate(below: (limit: number) => number): string {
  let template = ''
  const depth = 1 + below(5)
  for (let level = 0; level < depth; level++) {
    const kind = below(10)
    if (kind < 5) template += `/${STATIC[below(STATIC.length)]}`
    else if (kind < 8) template += `/:p${level}`
    else if (kind < 9) template += `/:p${level}?`
    else return `${template}/*`
  }
  return template
}

function randomPath(below: (limit: number) => number): string {
  const odd = below(12)
  if (odd === 0) return ['', '*', 'a/b', '%61', '%2Fa'][below(5)]!
  const segments = Array.from({ length: 1 + below(6) }, () => SENT[below(SENT.length)]!)
  if (odd === 1) segments[below(segments.length)] = BAD[below(BAD.length)]!
  return `/${segments.join('/')}`
}

function outcome<R>(run: () => R): R | string {
  try {
    return run()
  } catch (error) {
    if (error instanceof MalformedPath || error instanceof RouteConflict) return `${error.name}: ${error.message}`
    throw error
  }
}

test('finds what the plain reading of the rules finds', { timeout: 60_000 }, () => {
  console.info(`router fuzz: SEED=${seed}`)
  const below = generator(seed)
  let matched = 0
  for (let round = 0; round < 100; round++) {
    const tree = new TreeRouter<string>()
    const naive = new NaiveRouter<string>()
    const lines: string[] = []
    for (let count = 1 + below(25); count > 0; count--) {
      const method = METHODS[below(METHODS.length)]!
      const template = randomTemplate(below)
      const refused = (router: Router<string>): boolean =>
        outcome(() => router.add(method, template, `${method} ${template}`)) !== undefined
      const about = `SEED=${seed}, adding ${method} ${template} to ${lines.join(', ')}`
      const refusal = refused(naive)
      expect(refused(tree), about).toBe(refusal)
      if (!refusal) lines.push(`${method} ${template}`)
    }
    for (let count = 0; count < 50; count++) {
      const path = randomPath(below)
      const method = ['GET', 'POST', 'PUT'][below(3)]!
      const about = `SEED=${seed}, ${method} ${path} in ${lines.join(', ')}`
      const expected = outcome(() => naive.find(method, path))
      expect(plain(outcome(() => tree.find(method, path))), about).toStrictEqual(plain(expected))
      expect(
        outcome(() => tree.allowed(path)),
        about,
      ).toStrictEqual(outcome(() => naive.allowed(path)))
      if (typeof expected === 'object') matched++
    }
  }
  // Else the generators have drifted apart and the comparison shows little.
  expect(matched).toBeGreaterThan(800)
})

function plain(found: Match<string> | string | undefined): unknown {
  return typeof found === 'object' ? { value: found.value, params: [...found.params], rest: found.rest } : found
}
