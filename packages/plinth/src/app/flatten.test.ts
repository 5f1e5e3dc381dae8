import { expect, test } from 'vitest'
import { core, module } from '../index.ts'

test("a module's own prefix joins those around it with one slash", async () => {
  await using built = await core()
    .use(
      module('a', '/v2')
        .get('/', () => '')
        .get('/x', () => ''),
    )
    .use(
      '/api',
      module('b', '/:org')
        .get('/x', () => '')
        .use(
          '/deep',
          module('c').get('/', () => ''),
        ),
    )
    .build()
  expect(built.routes.map((it) => it.template)).toEqual(['/v2', '/v2/x', '/api/:org/x', '/api/:org/deep'])
})
