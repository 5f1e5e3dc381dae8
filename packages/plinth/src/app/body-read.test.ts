import { expect, test } from 'vitest'
import { core, t } from '../index.ts'

test('a body that is no object comes as JSON, never as a form', async () => {
  await using built = await core()
    .post('/tags', { body: t.Array(t.String()) }, ({ body }) => body)
    .build()
  const post = (type: string, body: string): Promise<Response> =>
    built.fetch(new Request('http://shop.example/tags', { method: 'POST', headers: { 'content-type': type }, body }))
  expect(await (await post('application/json', '["a"]')).json()).toEqual(['a'])
  expect((await post('application/json', '{"a":1}')).status).toBe(422)
  const form = await post('application/x-www-form-urlencoded', 'a=1')
  expect([form.status, form.headers.get('accept')]).toEqual([415, 'application/json'])
})

test('where no body is declared, a type without one is no mistake', async () => {
  await using built = await core()
    .post('/likes', ({ body }) => ({ body: body ?? 'none' }))
    .build()
  const post = async (type: string, body?: string): Promise<unknown> => {
    const init = { method: 'POST', headers: { 'content-type': type }, ...(body !== undefined && { body }) }
    const answer = await built.fetch(new Request('http://shop.example/likes', init))
    return answer.status === 200 ? answer.json() : answer.status
  }
  for (const type of ['application/json', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=b']) {
    expect([type, await post(type), await post(type, '')]).toEqual([type, { body: 'none' }, { body: 'none' }])
  }
  expect(await post('application/json', '{"a":1}')).toEqual({ body: { a: 1 } })
  expect(await post('application/json', ' ')).toBe(400)
})
