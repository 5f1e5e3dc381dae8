import { expect, test } from 'vitest'
import { builtin, environment, permitted } from './builtin.ts'

/** As Deno's `process.env` is: whatever is done to a name that is not allowed throws. */
const guarded = new Proxy<{ readonly [name: string]: string }>(
  { OPEN: '1', SECRET: '2' },
  {
    get: (env, name) => allowed(name) && env[name as string],
    has: (env, name) => allowed(name) && name in env,
    getOwnPropertyDescriptor: (env, name) => (allowed(name) ? Reflect.getOwnPropertyDescriptor(env, name) : undefined),
  },
)
function allowed(name: string | symbol): true {
  if (name === 'SECRET') throw new Error('NotCapable')
  return true
}

test('a name that may not be read is not there', () => {
  const env = permitted(guarded)
  expect([env['OPEN'], env['SECRET'], env['NOWHERE']]).toEqual(['1', undefined, undefined])
  expect(['OPEN' in env, 'SECRET' in env]).toEqual([true, false])
  expect({ ...env }).toEqual({ OPEN: '1' })
})

test('an environment that may not even be listed is empty', () => {
  const closed = new Proxy<{ readonly [name: string]: string }>(
    {},
    {
      ownKeys: () => {
        throw new Error('NotCapable')
      },
    },
  )
  expect(Object.keys(permitted(closed))).toEqual([])
})

test("elsewhere the environment is the process's own", () => {
  expect(environment()).toBe(process.env)
})

test('a module of the platform, or none', () => {
  expect(builtin('node:path')).toHaveProperty('join')
  expect(builtin('node:nothing')).toBeUndefined()
})
