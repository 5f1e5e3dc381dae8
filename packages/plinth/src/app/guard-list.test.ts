import { describe, expect, test } from 'vitest'
import type { BootProblem } from './boot-error.ts'
import { checkGuards, guardList, inOrder } from './guard-list.ts'
import { guard, type GuardDefinition, type GuardOptions } from './guard.ts'
import type { AnyGuard } from './types.ts'

type Made = AnyGuard & GuardDefinition
function named(name: string, options: GuardOptions<readonly AnyGuard[]> = {}): Made {
  return guard(() => {}, { ...options, name }) as never
}

const site = { short: () => 'routes.ts:7:3' }

describe('the guards before a route', () => {
  const access = named('access')
  const identified = named('identified', { always: 'identified' })
  const first = named('first', { always: true })
  const second = named('second', { always: true })
  const order = (guards: readonly GuardDefinition[], method = 'GET'): readonly string[] => inOrder(guards, method).map((it) => it.name)

  test('run protection first, then what wants to know who asks, then access; of one rank as they were written', () => {
    expect(order([access, identified, second, first])).toEqual(['second', 'first', 'identified', 'access'])
  })

  test('are those for its method, and before a mount all of them', () => {
    const writes = named('writes', { methods: ['POST', 'PUT'] })
    expect(order([writes, access], 'POST')).toEqual(['writes', 'access'])
    expect(order([writes, access], 'PUT')).toEqual(['writes', 'access'])
    expect(order([writes, access], 'GET')).toEqual(['access'])
    expect(order([writes, access], '*')).toEqual(['writes', 'access'])
  })
})

describe('a list of guards', () => {
  const listed = (list: unknown): { readonly guards: readonly GuardDefinition[]; readonly problems: readonly BootProblem[] } => {
    const problems: BootProblem[] = []
    return { guards: guardList(list, { before: [], where: 'GET /a', site }, problems), problems }
  }

  test('is taken as it is, and none is an empty one', () => {
    const one = named('one')
    expect(listed([one])).toEqual({ guards: [one], problems: [] })
    expect(listed(undefined)).toEqual({ guards: [], problems: [] })
  })

  test('that has something else in it guards nothing and says so', () => {
    const wrong = { code: 'not-a-guard', fix: 'write guards: [guard((ctx) => …)]', at: 'routes.ts:7:3' }
    expect(listed([named('one'), () => {}])).toEqual({
      guards: [],
      problems: [{ ...wrong, message: "GET /a lists something in 'guards' that guard(…) did not make" }],
    })
    expect(listed(named('one'))).toEqual({ guards: [], problems: [{ ...wrong, message: "GET /a: 'guards' is not a list" }] })
  })

  test('is checked for what its guards need', () => {
    expect(listed([named('needy', { needs: [named('gone')] })]).problems.map((it) => it.code)).toEqual(['guard-needs'])
  })
})

describe('what a guard needs', () => {
  const check = (guards: readonly GuardDefinition[], before: readonly GuardDefinition[] = [], where?: string): readonly BootProblem[] => {
    const problems: BootProblem[] = []
    checkGuards(guards, { before, site, ...(where === undefined ? undefined : { where }) }, problems)
    return problems
  }

  test('may stand around it or earlier in the list, not later', () => {
    const need = named('need')
    const needy = named('needy', { needs: [need] })
    expect(check([needy], [need])).toEqual([])
    expect(check([need, needy])).toEqual([])
    expect(check([needy, need])).toEqual([
      {
        code: 'guard-needs',
        message: "Guard 'needy' needs 'need' before it",
        fix: "put 'need' before it in 'guards', or call .guard(need) on the module first",
        at: 'routes.ts:7:3',
      },
    ])
  })

  test('is told with the place of the list', () => {
    const needy = named('needy', { needs: [named('need')] })
    expect(check([needy], [], 'GET /a').map((it) => it.message)).toEqual(["Guard 'needy' of GET /a needs 'need' before it"])
  })

  test('adds nothing that a guard before it adds, around it or in the list', () => {
    const user = named('user', { adds: ['user', 'session'] })
    const other = named('other', { adds: ['tenant', 'session'] })
    const told = {
      code: 'guard-adds-twice',
      fix: 'let one of them add it under another name, or keep one of the two',
      at: 'routes.ts:7:3',
    }
    expect(check([user, named('tenant', { adds: ['tenant'] })])).toEqual([])
    expect(check([other], [user])).toEqual([{ ...told, message: "Guard 'other' adds 'session', and so does 'user' before it" }])
    expect(check([user, other], [], 'GET /a')).toEqual([
      { ...told, message: "Guard 'other' of GET /a adds 'session', and so does 'user' before it" },
    ])
  })

  test('must run as early and on as many routes', () => {
    const need = named('need', { always: 'identified' })
    expect(check([named('needy', { needs: [need], always: 'identified' })], [need])).toEqual([])
    expect(check([named('needy', { needs: [need] })], [need])).toEqual([])
    expect(check([named('needy', { needs: [need], always: true })], [need])).toEqual([
      {
        code: 'guard-needs-later',
        message: "Guard 'needy' is always: true and so runs before 'need', which it needs, and on routes where that does not stand",
        fix: "give 'need' always: true too, or take it from 'needy'",
        at: expect.stringMatching(/guard-list\.test\.ts:\d+:\d+$/),
      },
    ])
  })

  test('can not be a guard of some methods', () => {
    const need = named('need', { methods: ['POST', 'PUT'] })
    expect(check([named('needy', { needs: [need] })], [need])).toEqual([
      {
        code: 'guard-needs-sometimes',
        message: "Guard 'needy' needs 'need', which stands before POST, PUT alone",
        fix: "take 'methods' from 'need', or the need from 'needy'",
        at: expect.stringMatching(/guard-list\.test\.ts:\d+:\d+$/),
      },
    ])
  })
})

describe('the methods of a guard', () => {
  const check = (methods: unknown): readonly BootProblem[] => {
    const problems: BootProblem[] = []
    checkGuards([named('some', { methods: methods as readonly string[] })], { before: [], site }, problems)
    return problems
  }

  test.each<[readonly string[]]>([[['GET']], [['POST', 'DELETE']]])('may be %j', (methods) => {
    expect(check(methods)).toEqual([])
  })

  test.each<[unknown, string]>([
    [[], '[]'],
    ['POST', '"POST"'],
    [['post'], '["post"]'],
    [['POST', 'put'], '["POST","put"]'],
    [['POSt'], '["POSt"]'],
    [['pOST'], '["pOST"]'],
    [['PRE-POST'], '["PRE-POST"]'],
  ])('can not be %j, before which it would never stand', (methods, shown) => {
    expect(check(methods)).toEqual([
      {
        code: 'guard-methods',
        message: `Guard 'some' has methods ${shown}, before which it would never stand`,
        fix: "write them as requests do: methods: ['POST', 'DELETE']",
        at: expect.stringMatching(/guard-list\.test\.ts:\d+:\d+$/),
      },
    ])
  })
})
