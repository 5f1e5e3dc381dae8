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
