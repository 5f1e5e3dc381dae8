import { criteria, type Criterion, type Language, type System } from './systems.ts'

/** The most that a weight or a rating can be. */
export const MOST = 5

export type Weights = { readonly [C in Criterion]: number }

export interface Wish {
  readonly weights: Weights
  /** `any`: the language counts for nothing, whatever its weight. */
  readonly team: Language | 'any'
  /** Leaves out what the team's language is not written for. */
  readonly only: boolean
}

/** How far one criterion moved a system away from the average of all that were weighed, in points of its fit. */
export interface Reason {
  readonly criterion: Criterion
  readonly rating: number
  readonly average: number
  readonly points: number
}

export interface Place {
  /** From 1; those that tie share one. */
  readonly place: number
  readonly system: System
  /** 0 to 100: the weighted mean of the ratings. */
  readonly fit: number
  /** What moved it most first. */
  readonly reasons: readonly Reason[]
}

const names = Object.keys(criteria) as Criterion[]

/** The systems, the best fit first. Those that tie stay in the order in which they came. */
export function rank(systems: readonly System[], { weights, team, only }: Wish): Place[] {
  const candidates = systems.filter((it) => !only || team === 'any' || it.languages.includes(team))
  const rating = (it: System, criterion: Criterion): number => {
    if (criterion !== 'language') return it.ratings[criterion]
    return team !== 'any' && it.languages.includes(team) ? MOST : 0
  }
  const counted = names.filter((it) => weights[it] > 0 && (it !== 'language' || team !== 'any'))
  const weight = counted.reduce((sum, it) => sum + weights[it], 0)
  const points = (sum: number): number => (weight === 0 ? 0 : (100 * sum) / (MOST * weight))
  const averages = new Map(counted.map((it) => [it, candidates.reduce((sum, one) => sum + rating(one, it), 0) / candidates.length]))

  // Weights and ratings are whole numbers, so that their sums are too, and a tie is a tie.
  const scored = candidates.map((system) => ({ system, sum: counted.reduce((sum, it) => sum + weights[it] * rating(system, it), 0) }))
  scored.sort((a, b) => b.sum - a.sum)
  return scored.map(({ system, sum }) => ({
    place: scored.findIndex((it) => it.sum === sum) + 1,
    system,
    fit: points(sum),
    reasons: counted
      .map((criterion): Reason => {
        const [own, average] = [rating(system, criterion), averages.get(criterion) ?? 0]
        return { criterion, rating: own, average, points: points(weights[criterion] * (own - average)) }
      })
      .sort((a, b) => Math.abs(b.points) - Math.abs(a.points)),
  }))
}
