import { testApp } from 'plinth/testing'
import { expect, test } from 'vitest'
import application from './app.ts'
import { Settings } from './settings.ts'

const replace = [Settings.with({ greeting: 'Good morning' })]

test('greets the name in the path, as the settings say', async () => {
  await using api = await testApp(application, { replace })
  const answer = await api.get('/hello/:name', { params: { name: 'Ada' } })
  expect(answer).toMatchObject({ ok: true, status: 200, data: { message: 'Good morning Ada' } })
})

test('a name that is too long is refused, with its place', async () => {
  await using api = await testApp(application, { replace })
  const answer = await api.fetch(`/hello/${'a'.repeat(51)}`)
  expect(answer.status).toBe(422)
  expect(await answer.json()).toMatchObject({ code: 'validation-failed', issues: [{ location: 'params', pointer: '/name' }] })
})

test('answers over HTTP', async () => {
  await using running = await application.listen(0, { mode: 'test', replace })
  expect(await (await fetch(running.url)).text()).toBe('It works')
  expect((await fetch(`${running.url}/livez`)).status).toBe(200)
})
