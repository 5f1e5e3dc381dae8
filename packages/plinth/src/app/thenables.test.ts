import { expect, test } from 'vitest'
import { file } from '../http/file.ts'
import { problem } from '../http/problem.ts'
import { reply } from '../http/reply.ts'
import { t } from '../schema/index.ts'
import { core } from './builder.ts'
import { guard, identify } from './guard.ts'
import { service } from './service.ts'

/** What query builders give: not a promise, but something to await. */
class Query<T> implements PromiseLike<T> {
  readonly #run: () => Promise<T>
  constructor(run: () => Promise<T>) {
    this.#run = run
  }
  // oxlint-disable-next-line unicorn/no-thenable -- to be one is what it is for
  then<A = T, B = never>(done?: ((value: T) => A | PromiseLike<A>) | null, failed?: ((error: unknown) => B | PromiseLike<B>) | null) {
    return this.#run().then(done, failed)
  }
}
const query = <T>(value: T): Promise<T> => new Query(async () => value) as unknown as Promise<T>
const failing = (error: unknown): Promise<never> =>
  new Query(async () => {
    throw error
  }) as unknown as Promise<never>

const app = core()
  .identify(identify(() => query({ id: 7 } as never)))
  .get('/rows', () => query([{ id: 1 }]))
  .get('/declared', { reply: { 200: t.Object({ id: t.Integer() }) } }, () => query({ id: 1, secret: 'x' }))
  .get('/fails', () => failing(problem('conflict')))
  .get('/me', (ctx) => ({ user: ctx.user }))
  .get('/refused', { guards: [guard(() => failing(problem('forbidden')))] }, () => 'let in')
  .get('/added', { guards: [guard(() => query({ plan: 'free' }))] }, (ctx) => ctx.plan)

test.each([
  ['/rows', 200, '[{"id":1}]'],
  ['/declared', 200, '{"id":1}'],
  ['/fails', 409, expect.stringContaining('conflict')],
  ['/me', 200, '{"user":{"id":7}}'],
  ['/refused', 403, expect.stringContaining('forbidden')],
  ['/added', 200, 'free'],
])('%s waits for what is no Promise but can be awaited', async (path, status, body) => {
  const response = await app.fetch(new Request(`http://a.test${path}`))
  expect([response.status, await response.text()]).toEqual([status, body])
})

test('a service is what its maker resolves to', async () => {
  const Db = service('db', () => query({ name: 'db' }))
  const Users = service('users', ({ use }) => ({ of: use(Db).name }))
  await using built = await core().use(Users).build({ mode: 'test' })
  expect(built.use(Users)).toEqual({ of: 'db' })
})

test('a catch whose answer fails while it is made is answered too', async () => {
  class Lost extends Error {}
  const built = await core()
    .catch(Lost, () => reply(200, file('/no/such/file') as never))
    .get('/', async () => {
      await Promise.resolve()
      throw new Lost()
    })
    .build({ mode: 'test' })
  expect((await built.fetch(new Request('http://a.test/'))).status).toBe(404)
})
