import { describe, expect, test } from 'vitest'
import { problem, problems } from '../http/problem.ts'
import { t } from '../schema/index.ts'
import type { RequestContext } from './context.ts'
import { problemAnswer, renderProblem } from './problem-answer.ts'
import type { Frame } from './frame.ts'
import type { Route } from './route.ts'
import type { Context } from './types.ts'

problems({
  'test-late': {
    status: 409,
    title: 'It is too late',
    params: t.Object({ since: t.Date(), by: t.Optional(t.String()) }),
  },
  'test-plain': { status: 409, title: 'It is plain' },
})
const context = { requestId: 'r-1' }
const rendered = (it: ReturnType<typeof problem>): unknown => {
  const { type, body } = renderProblem(it, context as Context) as { readonly type: string; readonly body: string }
  expect(type).toBe('application/problem+json; charset=utf-8')
  return JSON.parse(body)
}

describe('the body of a problem', () => {
  test('is what RFC 9457 has, with the code beside it', () => {
    expect(rendered(problem('not-found'))).toEqual({
      type: 'urn:problem-type:not-found',
      title: 'There is nothing here',
      status: 404,
      code: 'not-found',
    })
  })

  test('has the detail of the occurrence, and no cause', () => {
    expect(rendered(problem('conflict', undefined, { detail: 'Somebody else paid it', cause: new Error('hunter2') }))).toEqual({
      type: 'urn:problem-type:conflict',
      title: 'The request conflicts with the present state',
      status: 409,
      code: 'conflict',
      detail: 'Somebody else paid it',
    })
  })

  test.each([
    [500, 'r-1'],
    [503, 'r-1'],
    [499, undefined],
    [404, undefined],
  ])('of status %d has the request id %j', (status, requestId) => {
    expect((rendered(problem(status)) as { readonly requestId?: string }).requestId).toBe(requestId)
  })

  test('has the members that the catalogue declares, in their wire form and no others', () => {
    const params = { since: new Date(0), hash: 'secret' }
    const body = { type: 'urn:problem-type:test-late', title: 'It is too late', status: 409, code: 'test-late' }
    expect(rendered(problem('test-late', params))).toEqual({ ...body, since: '1970-01-01T00:00:00.000Z' })
    expect(rendered(problem('test-late', { ...params, by: 'Ann' }))).toEqual({ ...body, since: '1970-01-01T00:00:00.000Z', by: 'Ann' })
  })

  test('has any members where the catalogue declares none, but never in place of its own', () => {
    expect(rendered(problem('test-plain', { invoice: 5, status: 200, type: 'x', title: 'y', code: 'z' }))).toEqual({
      type: 'urn:problem-type:test-plain',
      title: 'It is plain',
      status: 409,
      code: 'test-plain',
      invoice: 5,
    })
  })

  test.each([[undefined], [{}], [{ since: 'yesterday' }]])('is not made of members that do not fit: %j', (params) => {
    expect(() => rendered(problem('test-late', params))).toThrow(/does not match its reply schema: \/since /)
  })
})

describe('the answer of a problem', () => {
  const answer = (it: ReturnType<typeof problem>, render: Frame['render'] = renderProblem) =>
    problemAnswer(
      it,
      context as RequestContext,
      {
        frame: { render, bareHeaders: ['x-frame-options', 'DENY'] as readonly string[] },
      } as Route,
    )

  test('has its status, the headers of its route and no type that a browser could mistake', () => {
    const it = answer(problem('not-found'))
    expect(it.status).toBe(404)
    expect(it.headers).toEqual([
      'content-type',
      'application/problem+json; charset=utf-8',
      'x-content-type-options',
      'nosniff',
      'x-frame-options',
      'DENY',
    ])
    expect(it.body).toBe(renderProblem(problem('not-found'), context as Context).body)
  })

  test('has every header of the occurrence, repeated ones too', () => {
    const { headers } = answer(problem('too-many-requests', undefined, { headers: { 'Retry-After': '5', 'www-authenticate': ['A', 'B'] } }))
    expect(headers.slice(6)).toEqual(['retry-after', '5', 'www-authenticate', 'A', 'www-authenticate', 'B'])
  })

  test('looks as the module wants it to, with another status where it says so', () => {
    const shouting: Frame['render'] = (it, ctx) => ({ type: 'text/plain', body: `${it.title.toUpperCase()} ${ctx.requestId}` })
    const plain = answer(problem('forbidden'), shouting)
    expect([plain.status, plain.header('content-type'), plain.body]).toEqual([403, 'text/plain', 'YOU MAY NOT DO THIS r-1'])
    expect(answer(problem('forbidden'), (it, ctx) => ({ ...shouting(it, ctx), status: 404 })).status).toBe(404)
  })
})
