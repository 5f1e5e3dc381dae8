import { expect, test } from 'vitest'
import type { Answer } from '../http/answer.ts'
import { core } from './builder.ts'
import { keepsKeys } from './keeps-keys.ts'
import type { Context } from './types.ts'

test('a route that promises one effect for each key refuses to boot where nothing keeps keys', async () => {
  const promising = core().post('/orders', { idempotent: true }, () => 'ok')
  await expect(promising.build({ mode: 'test' })).rejects.toThrow(/POST \/orders: nothing keeps the keys[^]*database\(\)/)
})

test('a wrap that keeps keys hears which routes promise it', async () => {
  const heard: unknown[] = []
  const built = await core()
    .around(
      keepsKeys((ctx: Context, next: () => Promise<Answer>) => {
        heard.push(ctx.idempotent)
        return next()
      }),
    )
    .post('/orders', { idempotent: 'required' }, () => 'ok')
    .post('/notes', () => 'ok')
    .build({ mode: 'test' })
  for (const path of ['/orders', '/notes', '/nowhere']) await built.fetch(new Request(`http://a.test${path}`, { method: 'POST' }))
  expect(heard).toEqual(['required', false, false])
  await built.close()
})
