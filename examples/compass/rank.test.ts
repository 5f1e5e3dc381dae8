import { expect, test } from 'vitest'
import { type Place, rank, type Weights, type Wish } from './rank.ts'
import { criteria, type Criterion, systems } from './systems.ts'

const names = Object.keys(criteria) as Criterion[]
const all = (weight: number): Weights => Object.fromEntries(names.map((it) => [it, weight])) as Weights
const only = (weights: Partial<Weights>): Weights => ({ ...all(0), ...weights })
const ask = (weights: Weights, more: Partial<Wish> = {}): Place[] => rank(systems, { weights, team: 'any', only: false, ...more })
const ids = (places: readonly Place[]): string[] => places.map((it) => it.system.id)

test('the criterion that alone has a weight decides the order', () => {
  for (const criterion of names) {
    if (criterion === 'language') continue
    const ratings = ask(only({ [criterion]: 1 })).map((it) => it.system.ratings[criterion])
    expect([criterion, ratings]).toEqual([criterion, [...ratings].sort((a, b) => b - a)])
  }
})

test('more weight never moves a system down that is rated best at it', () => {
  const placeOf = (weight: number): number | undefined =>
    ask({ ...all(2), realtime: weight }).find((it) => it.system.id === 'phoenix')?.place
  const places = [0, 1, 2, 3, 4, 5].map((it) => placeOf(it) ?? Number.NaN)
  expect(places).toEqual([...places].sort((a, b) => b - a))
  expect(places[5]).toBeLessThan(places[0] ?? 0)
})

test('those that tie share a place and stay in the order in which they came', () => {
  const none = ask(all(0))
  expect(none.map((it) => [it.place, it.fit, it.reasons.length])).toEqual(systems.map(() => [1, 0, 0]))
  expect(ids(none)).toEqual(systems.map((it) => it.id))
  const backwards = rank([...systems].reverse(), { weights: all(0), team: 'any', only: false })
  expect(ids(backwards)).toEqual(ids(none).reverse())

  const edge = ask(only({ edge: 3 }))
  const places = edge.map((it) => it.place)
  expect(places.slice(0, 4)).toEqual([1, 2, 2, 4])
  expect(ids(edge).slice(1, 3)).toEqual(systems.filter((it) => it.ratings.edge === 4).map((it) => it.id))
})

test('the reasons add up to the distance from the average', () => {
  const places = ask({ ...all(3), upkeep: 5, edge: 1 }, { team: 'typescript' })
  const average = places.reduce((sum, it) => sum + it.fit, 0) / places.length
  for (const { fit, reasons } of places) {
    expect(reasons.reduce((sum, it) => sum + it.points, 0)).toBeCloseTo(fit - average, 9)
    const sizes = reasons.map((it) => Math.abs(it.points))
    expect(sizes).toEqual([...sizes].sort((a, b) => b - a))
  }
})

test('the language of the team lifts those that speak it, by its weight, and may leave out the others', () => {
  const speaks = (it: Place | undefined): boolean => it?.system.languages.includes('python') === true
  expect(ask(only({ language: 5 }), { team: 'python' }).map(speaks)).toEqual(systems.map((_, it) => it < 3))
  expect(ids(ask({ ...all(3), language: 5 }))).toEqual(ids(ask({ ...all(3), language: 0 })))
  const left = ask(all(3), { team: 'elixir', only: true })
  expect(ids(left)).toEqual(['phoenix'])
  expect(ids(ask(all(3), { only: true }))).toHaveLength(systems.length)
})

test('systems are in the order of the alphabet, each with facts of a source and a date, and whole ratings from 0 to 5', () => {
  const order = systems.map((it) => it.name)
  expect(order).toEqual([...order].sort((a, b) => a.localeCompare(b, 'en')))
  expect(new Set(systems.map((it) => it.id)).size).toBe(systems.length)
  for (const { id, facts, ratings } of systems) {
    expect([id, facts.length > 0]).toEqual([id, true])
    for (const fact of facts) expect([id, fact.date, fact.source]).toEqual([id, '2026-11-29', expect.stringMatching(/^https:\/\/|\.md$/)])
    for (const rating of Object.values(ratings)) expect([id, [0, 1, 2, 3, 4, 5].includes(rating)]).toEqual([id, true])
  }
})
