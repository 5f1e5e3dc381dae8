import { describe, expect, test } from 'vitest'
import { Pace } from './pace.ts'

/** How many of those that ask in this turn may be begun. */
function begun(pace: Pace, now: number): number {
  pace.turn(now)
  let count = 0
  for (; pace.ready && count < 100; count++) pace.take()
  return count
}

describe('the pace at which requests are begun', () => {
  test('holds nobody back until the loop was late', () => {
    const pace = new Pace(4)
    expect([begun(pace, 0), begun(pace, 1), begun(pace, 2)]).toEqual([100, 100, 100])
  })

  test('is one for as long as one takes, however often the loop turns', () => {
    const pace = new Pace(4)
    pace.later(2)
    const counts = Array.from({ length: 41 }, (_, ms) => begun(pace, ms))
    expect(Math.max(...counts)).toBe(1)
    expect(counts.reduce((sum, it) => sum + it, 0)).toBe(21)
  })

  test('begins in one turn what takes so long, and after a long one no more than that', () => {
    const pace = new Pace(4)
    pace.later(1)
    expect(begun(pace, 4)).toBe(4)
    expect(begun(pace, 1_000)).toBe(4)
    expect(begun(pace, 1_003)).toBe(3)
  })

  test('lets one be begun where one alone takes longer', () => {
    const pace = new Pace(4)
    pace.later(100)
    expect([begun(pace, 100), begun(pace, 200), begun(pace, 250), begun(pace, 300)]).toEqual([1, 1, 0, 1])
  })

  test('becomes slower while the loop is late, to half of what it could do', () => {
    const pace = new Pace(2)
    for (let i = 0; i < 50; i++) pace.later(2)
    const counts = Array.from({ length: 41 }, (_, turn) => begun(pace, turn * 2))
    expect(counts.reduce((sum, it) => sum + it, 0)).toBe(21)
  })

  test('becomes faster while the loop rests, without bound only where it rests for long', () => {
    const some = new Pace(4)
    const most = new Pace(4)
    some.later(2)
    most.later(2)
    for (let i = 0; i < 50; i++) {
      some.sooner(2, false, false)
      most.sooner(2, true, true)
    }
    expect(begun(some, 1_000)).toBe(3)
    expect(begun(most, 1_000)).toBe(100)
  })

  test('forgets it all when it is over', () => {
    const pace = new Pace(4)
    pace.later(100)
    expect(begun(pace, 0)).toBe(1)
    pace.free()
    expect(begun(pace, 1)).toBe(100)
  })
})
