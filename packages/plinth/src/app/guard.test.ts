import { describe, expect, test } from 'vitest'
import { problem } from '../http/problem.ts'
import { guard, type GuardDefinition, identify } from './guard.ts'

/** What plain JavaScript passes by mistake: TypeScript refuses it. */
const untyped = <T>(it: T): never => it as never
const definition = (it: unknown): GuardDefinition => it as GuardDefinition

describe('a guard', () => {
  test('is called what it says, else as its function, else by its place', () => {
    const checkRole = (): void => {}
    expect(definition(guard(checkRole, { name: 'role' })).name).toBe('role')
    expect(definition(guard(checkRole)).name).toBe('checkRole')
    expect(definition(guard(() => {})).name).toMatch(/^guard at \S*guard\.test\.ts:\d+:\d+$/)
  })

  test('has its settings, and without them stands before every route that is not open, refuses nothing known and needs nothing', () => {
    const run = (): void => {}
    const needed = guard(() => ({ a: 1 }))
    const refuses = [problem('forbidden')]
    expect(guard(run, { needs: [needed], refuses, security: 'key', methods: ['POST'], always: 'identified' })).toMatchObject({
      run,
      needs: [needed],
      refuses,
      security: 'key',
      methods: ['POST'],
      always: 'identified',
    })
    expect(guard(run)).toMatchObject({ run, needs: [], refuses: [], security: undefined, methods: undefined, always: false })
  })

  test.each<[string, unknown]>([
    ['nothing, as two files that import each other give', undefined],
    ['a bare function', () => {}],
  ])('can not need %s', (_, need) => {
    expect(() => guard(() => {}, { name: 'late', needs: untyped([guard(() => ({ a: 1 })), need]) })).toThrow(
      new TypeError("Guard 'late' needs what guard(…) did not make; where it is undefined, two files import each other"),
    )
  })

  test.each<[string, () => unknown]>([
    ['guard(…) must be a function, not undefined', () => guard(untyped(undefined))],
    ['guard: options must be an object, not null', () => guard(() => {}, untyped(null))],
    ['guard: needs must be an array, not a function', () => guard(() => {}, { needs: untyped(() => {}) })],
    ['guard: adds must be an array, not a string', () => guard(() => {}, { adds: untyped('user') })],
    ['guard: refuses must be an array, not an object', () => guard(() => {}, { refuses: untyped(problem('forbidden')) })],
  ])('is refused where it is written: %s', (message, define) => {
    expect(define).toThrow(new TypeError(message))
  })
})

describe('an identity', () => {
  test('is called what it says, else as its function, else by its place', () => {
    const bySession = (): null => null
    expect(identify(bySession, { name: 'session' })).toEqual({ '~identify': bySession, name: 'session' })
    expect(identify(bySession).name).toBe('bySession')
    expect(identify(() => null).name).toMatch(/^identify at \S*guard\.test\.ts:\d+:\d+$/)
  })

  test.each<[string, () => unknown]>([
    ['identify(…) must be a function, not a string', () => identify(untyped('session'))],
    ['identify: options must be an object, not a string', () => identify(() => null, untyped('session'))],
  ])('is refused where it is written: %s', (message, define) => {
    expect(define).toThrow(new TypeError(message))
  })
})
