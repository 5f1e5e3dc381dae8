// What needs an SDK to be seen stands in tests/telemetry.
import { expect, test } from 'vitest'
import { BootError, core } from '../app/index.ts'
import { logger } from './logger.ts'
import { loadApi } from './otel-api.ts'
import { tracing } from './tracing.ts'

test('without an SDK everything works and no ids of zeros are logged', async () => {
  const lines: { [name: string]: unknown }[] = []
  const write = (line: string): void => void lines.push(JSON.parse(line) as { [name: string]: unknown })
  const app = core({ mode: 'test', log: logger({ level: 'info', destination: { write } }) })
    .use(tracing())
    .get('/users/:id', (ctx) => {
      ctx.log.info('inside')
      return ctx.params.id
    })
    .get('/boom', () => {
      throw new Error('no')
    })
  await using built = await app.build()
  expect(await (await built.fetch(new Request('http://x/users/7'))).text()).toBe('7')
  expect((await built.fetch(new Request('http://x/boom'))).status).toBe(500)
  expect(lines).toMatchObject([{ message: 'inside' }, { message: 'unexpected error' }])
  for (const line of lines) expect(line).not.toHaveProperty('traceId')
})

test('without the package the boot says what to install', async () => {
  const missing = loadApi(() => Promise.reject(new Error("Cannot find package '@opentelemetry/api'")))
  await expect(missing).rejects.toThrow(BootError)
  await expect(missing).rejects.toThrow(/npm install @opentelemetry\/api/)
})
