import { describe, expect, test } from 'vitest'
import { core, module } from '../index.ts'
import { Answer } from './answer.ts'

describe('Vary', () => {
  test('is only ever widened, in one line, whatever a handler sets', async () => {
    const part = module('part')
      .headers({ vary: 'Origin' })
      .headers(() => ({ vary: 'X-Plan' }))
      .get('/json', (ctx) => {
        ctx.setHeader('Vary', 'Accept, origin')
        return {}
      })
      .get('/response', () => new Response('x', { headers: { vary: 'Cookie' } }))
    const built = await core().use(part).build({ mode: 'test' })
    expect((await built.fetch(new Request('http://h/json'))).headers.get('vary')).toBe('Origin, Accept, X-Plan')
    expect((await built.fetch(new Request('http://h/response'))).headers.get('vary')).toBe('Origin, Cookie, X-Plan')
  })

  test('joins several lines, keeps `*` alone, and goes when removed', () => {
    const answer = new Answer(200, ['vary', 'Origin', 'vary', 'Accept'], null)
    expect(answer.append('vary', 'Origin').headers).toEqual(['vary', 'Origin', 'vary', 'Accept'])
    expect(answer.append('vary', 'Cookie').headers).toEqual(['vary', 'Origin, Accept, Cookie'])
    expect(answer.set('vary', '*').header('vary')).toBe('*')
    expect(answer.merge('Vary', 'Origin').header('vary')).toBe('*')
    expect(answer.remove('vary').set('vary', 'Accept').header('vary')).toBe('Accept')
    expect(answer.remove('vary').merge('vary', 'Origin').header('vary')).toBe('Origin')
    expect(() => answer.append('vary', 'a\nb')).toThrow(TypeError)
  })
})

test('a path that only another method has answers OPTIONS and 405 with the wraps, headers and error shape of its module', async () => {
  const part = module('part', { errors: (problem) => ({ type: 'text/plain', body: `own ${problem.code}` }) })
    .headers({ 'x-part': 'yes' })
    .get('/a', () => 'a')
    .post('/a', () => 'b')
  const built = await core().use('/part', part).build({ mode: 'test' })
  const wrong = await built.fetch(new Request('http://h/part/a', { method: 'DELETE' }))
  expect([wrong.status, wrong.headers.get('x-part'), await wrong.text()]).toEqual([405, 'yes', 'own method-not-allowed'])
  const asked = await built.fetch(new Request('http://h/part/a', { method: 'OPTIONS' }))
  expect([asked.status, asked.headers.get('x-part'), asked.headers.get('allow')]).toEqual([204, 'yes', 'GET, HEAD, OPTIONS, POST'])
  expect(built.allowed('/part/a')).toEqual(['GET', 'HEAD', 'POST'])
  expect([built.allowed('/nowhere'), built.allowed('/%zz')]).toEqual([[], []])
})

test('a Response with a body is sent with nosniff, once, and one without is not', async () => {
  const built = await core()
    .get('/body', () => new Response('x'))
    .get('/said', () => new Response('x', { headers: { 'x-content-type-options': 'nosniff' } }))
    .get('/none', () => new Response(null))
    .build({ mode: 'test' })
  const header = async (path: string): Promise<string | null> =>
    (await built.fetch(new Request(`http://h${path}`))).headers.get('x-content-type-options')
  expect([await header('/body'), await header('/said'), await header('/none')]).toEqual(['nosniff', 'nosniff', null])
})
