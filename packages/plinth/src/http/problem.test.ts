import { describe, expect, test } from 'vitest'
import { t } from '../schema/index.ts'
import { problem, Problem, problemCatalogue, problemKind, problems, refuse } from './problem.ts'
import type { Catalogue } from './problem-catalogue.ts'

describe('a problem by its code', () => {
  test('has status and title of the catalogue', () => {
    const it = problem('conflict')
    expect(it).toBeInstanceOf(Problem)
    expect(it).toBeInstanceOf(Error)
    expect(it).toMatchObject({
      name: 'Problem',
      code: 'conflict',
      status: 409,
      title: 'The request conflicts with the present state',
      message: 'The request conflicts with the present state',
    })
    expect([it.detail, it.params, it.headers]).toEqual([undefined, undefined, undefined])
    expect('cause' in it).toBe(false)
  })

  test('has what is particular to the occurrence', () => {
    const cause = new Error('the row is locked')
    const params = { invoice: 5 }
    const headers = { 'retry-after': '5' }
    const it = problem('conflict', params, { detail: 'Somebody else paid it', headers, cause })
    expect(it).toMatchObject({ detail: 'Somebody else paid it', message: 'Somebody else paid it', cause })
    expect([it.params, it.headers]).toEqual([params, headers])
  })

  test('must be defined', () => {
    expect(() => problem('nobody-knows')).toThrow(
      new TypeError(
        "problem('nobody-knows'): no such code; define it with problems({ 'nobody-knows': { status, title } }), or import the file that does",
      ),
    )
  })

  test('is thrown by refuse', () => {
    const thrown = (): unknown => {
      try {
        return refuse('forbidden', { role: 'admin' }, { detail: 'Only admins' })
      } catch (error) {
        return error
      }
    }
    expect(thrown()).toEqual(problem('forbidden', { role: 'admin' }, { detail: 'Only admins' }))
    expect(thrown()).toMatchObject({ code: 'forbidden', params: { role: 'admin' }, detail: 'Only admins' })
  })
})

describe('a problem by its status', () => {
  test.each([
    [400, 'malformed-request'],
    [401, 'not-signed-in'],
    [403, 'forbidden'],
    [404, 'not-found'],
    [405, 'method-not-allowed'],
    [406, 'not-acceptable'],
    [409, 'conflict'],
    [412, 'precondition-failed'],
    [413, 'body-too-large'],
    [415, 'unsupported-media-type'],
    [422, 'validation-failed'],
    [429, 'too-many-requests'],
    [500, 'internal-error'],
    [503, 'overloaded'],
  ])('of %d is %s', (status, code) => {
    expect(problem(status)).toMatchObject({ status, code, title: problemKind(code)?.title })
  })

  test.each([
    [402, 'status-402', 'The request was refused'],
    [499, 'status-499', 'The request was refused'],
    [504, 'status-504', 'The request failed'],
    [599, 'status-599', 'The request failed'],
  ])('of %d, which no kind stands for, is %s', (status, code, title) => {
    expect(problem(status)).toMatchObject({ status, code, title, params: undefined })
  })

  test('says the sentence that it is given', () => {
    expect(problem(404, 'No such invoice')).toMatchObject({ code: 'not-found', detail: 'No such invoice', message: 'No such invoice' })
    expect(problem(404).detail).toBeUndefined()
    expect(problem(404, { invoice: 5 } as never).detail).toBeUndefined()
  })

  test.each([399, 600, 200, 404.5, Number.NaN, Number.POSITIVE_INFINITY])('can not be of %d', (status) => {
    expect(() => problem(status)).toThrow(new TypeError(`problem(${status}): a problem's status is 400 to 599`))
  })
})

describe('problems of one’s own', () => {
  const kind = { status: 402, title: 'The payment failed' }
  /** What JavaScript may write. */
  const define = (catalogue: object): unknown => problems(catalogue as Catalogue)
  const refused = (catalogue: object): string => {
    try {
      define(catalogue)
    } catch (error) {
      if (error instanceof TypeError) return error.message
      throw error
    }
    return 'was defined'
  }

  test('are known from then on, and given back as they were written', () => {
    const written = { 'test-paid': { ...kind, params: t.Object({ amount: t.Integer() }) } }
    expect(problemKind('test-paid')).toBeUndefined()
    expect(problems(written)).toBe(written)
    expect(problemKind('test-paid')).toBe(written['test-paid'])
    expect(problemCatalogue().get('test-paid')).toBe(written['test-paid'])
    expect(problem('test-paid')).toMatchObject(kind)
  })

  test('stand beside those of the framework', () => {
    expect(problemCatalogue().get('not-found')).toMatchObject({ status: 404 })
  })

  test.each(['Test', 'test_paid', 'test-', '-test', 'test--paid', '1test', 'test paid', 'test-Paid', '', 'test-paid!', '!test', 'é'])(
    'can not have the code %j',
    (code) => {
      expect(refused({ [code]: kind })).toBe(`These problems can't be defined:\n  '${code}': a code is kebab-case, like 'email-taken'`)
      expect(problemKind(code)).toBeUndefined()
    },
  )

  test.each(['a', 'test-a', 'test2', 'test-2fa', 'test-two-words'])('may have the code %j', (code) => {
    expect(refused({ [code]: kind })).toBe('was defined')
  })

  test.each([399, 600, 200, 404.5, '404', undefined])('can not have the status %j', (status) => {
    expect(refused({ 'test-status': { ...kind, status } })).toBe(
      "These problems can't be defined:\n  'test-status': status must be 400 to 599",
    )
  })

  test.each([400, 599])('may have the status %d', (status) => {
    expect(refused({ [`test-status-${status}`]: { ...kind, status } })).toBe('was defined')
  })

  test.each(['', undefined, 5])('can not have the title %j', (title) => {
    expect(refused({ 'test-title': { ...kind, title } })).toBe("These problems can't be defined:\n  'test-title': a title is required")
  })

  test('can not mean something else under a code that is taken', () => {
    expect(refused({ 'not-found': { status: 404, title: 'There is nothing here' } })).toBe('was defined')
    const taken = `These problems can't be defined:\n  'not-found' is already defined as 404 "There is nothing here": choose another code`
    expect(refused({ 'not-found': { status: 410, title: 'There is nothing here' } })).toBe(taken)
    expect(refused({ 'not-found': { status: 404, title: 'Gone' } })).toBe(taken)
  })

  test('are refused all at once, and none of them is defined', () => {
    expect(refused({ 'test-fine': kind, Test: kind, 'test-none': { status: 200, title: 'Fine' } })).toBe(
      "These problems can't be defined:\n  'Test': a code is kebab-case, like 'email-taken'\n  'test-none': status must be 400 to 599",
    )
    expect(problemKind('test-fine')).toBeUndefined()
  })

  test('must be an object', () => {
    expect(() => define(undefined as never)).toThrow(new TypeError('problems(…) must be an object, not undefined'))
  })
})
