import { testApp } from 'plinth/testing'
import { expect, test } from 'vitest'
import application from './app.ts'

test('greets the name in the path', async () => {
  await using api = await testApp(application)
  const answer = await api.get('/hello/:name', { params: { name: 'Ada & Co' } })
  expect(answer).toMatchObject({ status: 200, data: { message: 'Hello Ada & Co' } })
})

test('answers over HTTP, with a docs page', async () => {
  await using running = await application.listen(0, { mode: 'test' })
  expect(await (await fetch(running.url)).text()).toBe('Hello, world')
  expect((await fetch(`${running.url}/docs`)).status).toBe(200)
})
