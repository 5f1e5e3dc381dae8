import { Readable } from 'node:stream'
import { describe, expect, test, vi } from 'vitest'
import { core } from './builder.ts'
import { BootError } from './boot-error.ts'
import { guard } from './guard.ts'
import type { Logger } from './logger.ts'
import { service, token, type Service } from './service.ts'
import type { App, BuildOptions } from './types.ts'

async function bootFaults(
  app: App<{}, {}>,
  options: BuildOptions = {},
): Promise<readonly { code: string; message: string; fix: string }[]> {
  try {
    await app.build(options)
  } catch (error) {
    if (error instanceof BootError) return error.problems
    throw error
  }
  return []
}

describe('services', () => {
  test('are made once, at boot, after what they ask for, and disposed in reverse', async () => {
    const log: string[] = []
    const A = service('a', () => (log.push('make a'), { a: 1 }), { dispose: () => void log.push('dispose a') })
    const B = service('b', ({ use }) => (use(A), log.push('make b'), { b: 2 }), { dispose: () => void log.push('dispose b') })
    const built = await core().use(B).use(A).build()
    expect(log).toEqual(['make a', 'make b'])
    expect(built.use(A)).toBe(built.use(A))
    await built.close()
    await built.close()
    expect(log).toEqual(['make a', 'make b', 'dispose b', 'dispose a'])
  })

  test('wait for asynchronous ones, whichever asks first', async () => {
    const Slow = service('slow', async () => (await Promise.resolve(), { n: 7 }))
    const Middle = service('middle', ({ use }) => ({ n: use(Slow).n + 1 }))
    const Top = service('top', async ({ use }) => (await Promise.resolve(), { n: use(Middle).n + use(Slow).n }))
    const built = await core().use(Top).build()
    expect(built.use(Top).n).toBe(15)
  })

  test('share one asynchronous service between two that ask for it', async () => {
    let made = 0
    const Slow = service('slow', async () => (await Promise.resolve(), { n: ++made }))
    const One = service('one', ({ use }) => ({ slow: use(Slow) }))
    const Two = service('two', ({ use }) => ({ slow: use(Slow) }))
    const built = await core().use(One).use(Two).build()
    expect(built.use(One).slow).toBe(built.use(Two).slow)
    expect(made).toBe(1)
  })

  test('that are lazy are made on first use', async () => {
    let made = 0
    const Lazy = service('lazy', () => ({ n: ++made }), { lazy: true })
    const built = await core().use(Lazy).build()
    expect(made).toBe(0)
    expect(built.use(Lazy).n).toBe(1)
    expect(built.use(Lazy).n).toBe(1)
  })

  test('that nobody listed are made on first use when they can be made at once', async () => {
    const Plain = service('plain', () => ({ n: 1 }))
    const built = await core().build()
    expect(built.use(Plain).n).toBe(1)
  })

  test('that nobody listed and that are asynchronous say how to list them', async () => {
    const Slow = service('slow', async () => ({ n: 1 }))
    const built = await core().build()
    expect(() => built.use(Slow)).toThrow(/'slow' is made asynchronously .* was not made at boot/)
  })

  test('that wait for another are not begun a second time by who asks in between', async () => {
    const log: string[] = []
    let open!: () => void
    const opened = new Promise<void>((resolve) => (open = resolve))
    const Slow = service('slow', async () => (await opened, { n: 1 }))
    // Asks late, so that its first attempt has ended and the next has not begun while `slow` is being made.
    const Shared = service(
      'shared',
      async ({ use }) => {
        await Promise.resolve()
        const { n } = use(Slow)
        log.push('make')
        return { n }
      },
      { dispose: () => void log.push('dispose') },
    )
    const refused = /is made asynchronously/
    const First = service('first', ({ use }) => ({ shared: use(Shared) }))
    const built = await core().build()
    expect(() => built.use(First)).toThrow(refused)
    for (let i = 0; i < 10; i++) await Promise.resolve()
    expect(() => built.use(Shared)).toThrow(refused)
    open()
    for (let i = 0; i < 30; i++) await Promise.resolve()
    expect(built.use(First).shared).toBe(built.use(Shared))
    await built.close()
    expect(log).toEqual(['make', 'dispose'])
  })

  test('that somebody asked for and did not wait for are awaited by the boot, not made again', async () => {
    let made = 0
    const Slow = service('slow', async () => (await Promise.resolve(), { n: ++made }))
    const Careless = service('careless', ({ use }) => {
      try {
        return { slow: use(Slow) }
      } catch {
        return { slow: undefined }
      }
    })
    const built = await core().use(Careless).use(Slow).build()
    expect(built.use(Slow).n).toBe(1)
    expect(made).toBe(1)
  })

  test('may hold undefined and null', async () => {
    const Nothing = service('nothing', () => null)
    const built = await core().use(Nothing).build()
    expect(built.use(Nothing)).toBeNull()
  })
})

describe('a circle of services is one boot problem that names the path', () => {
  test('synchronous', async () => {
    const A: Service<object> = service('a', ({ use }): object => ({ b: use(B) }))
    const B: Service<object> = service('b', ({ use }): object => ({ c: use(C) }))
    const C: Service<object> = service('c', ({ use }): object => ({ a: use(A) }))
    const faults = await bootFaults(core().use(A))
    expect(faults).toHaveLength(1)
    expect(faults[0]).toMatchObject({ code: 'service-cycle', message: 'Services ask for each other in a circle: a → b → c → a' })
  })

  test('asynchronous', async () => {
    const A: Service<object> = service('a', async ({ use }): Promise<object> => (await Promise.resolve(), { b: use(B) }))
    const B: Service<object> = service('b', async ({ use }): Promise<object> => ({ a: use(A) }))
    const faults = await bootFaults(core().use(A))
    expect(faults.map((it) => it.code)).toEqual(['service-cycle'])
  })

  test('asynchronous, begun from two sides at once', async () => {
    const A: Service<object> = service('a', async ({ use }): Promise<object> => (await Promise.resolve(), { b: use(B) }))
    const B: Service<object> = service('b', async ({ use }): Promise<object> => (await Promise.resolve(), { a: use(A) }))
    const Both = service('both', ({ use }) => {
      for (const it of [A, B]) {
        try {
          use(it)
        } catch {
          // Begun all the same.
        }
      }
      return {}
    })
    const faults = await bootFaults(core().use(Both).use(A).use(B))
    expect(faults.map((it) => [it.code, it.message])).toEqual([['service-cycle', 'Services ask for each other in a circle: b → a → b']])
  })

  test('of one', async () => {
    const A: Service<object> = service('a', ({ use }): object => use(A))
    expect((await bootFaults(core().use(A))).map((it) => it.message)).toEqual(['Services ask for each other in a circle: a → a'])
  })
})

describe('a service that can not be made', () => {
  test('is told once, with its path and its cause, however many stand on it', async () => {
    const cause = new Error('no such host')
    const Database = service('database', (): { n: number } => {
      throw cause
    })
    const Users = service('users', ({ use }) => ({ n: use(Database).n }))
    const Posts = service('posts', ({ use }) => ({ n: use(Users).n }))
    const faults = await bootFaults(core().use(Posts))
    expect(faults).toHaveLength(1)
    expect(faults[0]).toMatchObject({ code: 'service-failed', cause })
    expect(faults[0]?.message).toBe("Service 'database' threw while it was made (asked for by posts → users): no such host")
  })

  test('does not hide others that fail', async () => {
    const One = service('one', (): object => {
      throw new Error('first')
    })
    const Two = service('two', async (): Promise<object> => {
      throw new Error('second')
    })
    expect((await bootFaults(core().use(One).use(Two))).map((it) => it.message)).toEqual([
      "Service 'one' threw while it was made: first",
      "Service 'two' threw while it was made: second",
    ])
  })

  test('leaves those made before it disposed', async () => {
    let disposed = false
    const Good = service('good', () => ({}), { dispose: () => void (disposed = true) })
    const Bad = service('bad', (): object => {
      throw new Error('no')
    })
    await bootFaults(core().use(Good).use(Bad))
    expect(disposed).toBe(true)
  })

  test('because nothing provides it says who asks', async () => {
    const Mailer = token<{ send(): void }>('mailer')
    const Users = service('users', ({ use }) => ({ mailer: use(Mailer) }))
    const faults = await bootFaults(core().use(Users))
    expect(faults[0]).toMatchObject({ code: 'service-missing', message: "Nothing provides the service 'mailer', which users asks for" })
    expect(await bootFaults(core({ provide: [Mailer.with({ send() {} })] }).use(Users))).toEqual([])
  })

  test('because it would outlive what it asks for', async () => {
    const PerRequest = service('per-request', () => ({ n: 1 }), { scope: 'request' })
    const Whole = service('whole', ({ use }) => ({ n: use(PerRequest).n }))
    const faults = await bootFaults(core().use(Whole))
    expect(faults[0]?.code).toBe('service-captive')
    expect(faults[0]?.message).toContain("'whole' lives as long as the application, but asks for 'per-request'")
  })
})

test('a service that never ends its disposal does not hold up the shutdown', async () => {
  vi.useFakeTimers()
  try {
    const errors: unknown[] = []
    const log = { error: ({ err }: { err: Error }) => void errors.push(err.message), child: () => log } as unknown as Logger
    const Stuck = service('stuck', () => 1, { dispose: () => new Promise(() => {}) })
    const built = await core({ log }).use(Stuck).build({ mode: 'test' })
    const closed = built.close(0)
    await vi.advanceTimersByTimeAsync(1_000)
    await closed
    expect(errors).toEqual(['services did not dispose in time'])
  } finally {
    vi.useRealTimers()
  }
})

test('what is no service is told so: an import in a circle gives undefined', async () => {
  const Users = service('users', ({ use }) => use(undefined as unknown as Service<number>))
  expect(await bootFaults(core().use(Users))).toMatchObject([
    { code: 'not-a-service', message: 'use(…) in users was given undefined', fix: expect.stringContaining('import each other') },
  ])
  expect(() => guard(() => {}, { name: 'plan', needs: [undefined as never] })).toThrow(
    "Guard 'plan' needs what guard(…) did not make; where it is undefined, two files import each other",
  )
})

describe('replacing', () => {
  test('holds at any depth, makes nothing of what was replaced, and disposes nothing of the stand-in', async () => {
    let made = false
    let disposed = false
    const Database = service('database', () => ((made = true), { rows: (): number => 1 }), { dispose: () => void (disposed = true) })
    const Users = service('users', ({ use }) => ({ count: () => use(Database).rows() }))
    const built = await core()
      .use(Database)
      .use(Users)
      .build({ replace: [Database.with({ rows: () => 42 })] })
    expect(built.use(Users).count()).toBe(42)
    await built.close()
    expect([made, disposed]).toEqual([false, false])
  })
})

describe('services of scope request', () => {
  test('are made once a request, see its context, may stand on each other, and are disposed after the answer in reverse', async () => {
    const log: string[] = []
    let count = 0
    const Session = service('session', ({ ctx }) => ({ id: ++count, path: ctx.path }), {
      scope: 'request',
      dispose: (it) => void log.push(`dispose session ${it.id}`),
    })
    const Cart = service('cart', ({ use }) => ({ session: use(Session) }), {
      scope: 'request',
      dispose: (it) => void log.push(`dispose cart ${it.session.id}`),
    })
    const built = await core()
      .get('/x', ({ use }) => ({ same: use(Cart).session === use(Session), ...use(Session) }))
      .build()
    expect(await (await built.fetch(new Request('http://a/x'))).json()).toEqual({ same: true, id: 1, path: '/x' })
    expect(await (await built.fetch(new Request('http://a/x'))).json()).toEqual({ same: true, id: 2, path: '/x' })
    expect(log).toEqual(['dispose cart 1', 'dispose session 1', 'dispose cart 2', 'dispose session 2'])
  })

  test('are disposed when the handler throws, and only after a stream has ended', async () => {
    const log: string[] = []
    const Session = service('session', () => ({}), { scope: 'request', dispose: () => void log.push('dispose') })
    const built = await core()
      .get('/throws', ({ use }) => {
        use(Session)
        throw new Error('no')
      })
      .get('/streams', ({ use }) => {
        use(Session)
        return new ReadableStream<Uint8Array>({
          pull(controller) {
            log.push('pull')
            controller.enqueue(new Uint8Array([65]))
            controller.close()
          },
        })
      })
      .build()
    expect((await built.fetch(new Request('http://a/throws'))).status).toBe(500)
    expect(log).toEqual(['dispose'])
    expect(await (await built.fetch(new Request('http://a/streams'))).text()).toBe('A')
    expect(log).toEqual(['dispose', 'pull', 'dispose'])
  })

  test('outlive a generator whose client has gone, to the end of its finally', async () => {
    const log: string[] = []
    const Cursor = service('cursor', () => ({ close: () => void log.push('close') }), {
      scope: 'request',
      dispose: () => void log.push('dispose'),
    })
    let wake!: () => void
    const woken = new Promise<void>((resolve) => (wake = resolve))
    const built = await core()
      .get('/early', async function* ({ use }) {
        const cursor = use(Cursor)
        try {
          yield 1
          await woken
        } finally {
          await Promise.resolve()
          cursor.close()
        }
      })
      .get('/late', async function* ({ use }) {
        try {
          yield 1
          await woken
        } finally {
          use(Cursor).close()
        }
      })
      .get('/node', ({ use }) => {
        const cursor = use(Cursor)
        return new Readable({
          read() {
            this.push('x')
          },
          destroy(error, done) {
            void woken.then(() => (cursor.close(), done(error)))
          },
        })
      })
      .build()
    let gone = 0
    built.on('sent', ({ delivered }) => void (delivered === false && gone++))
    await using running = await built.listen({ port: 0, signals: false })
    for (const path of ['/early', '/late', '/node']) {
      const client = new AbortController()
      const response = await fetch(`${running.url}${path}`, { signal: client.signal })
      await response.body?.getReader().read()
      client.abort()
    }
    await expect.poll(() => gone).toBe(3)
    expect(log).toEqual([])
    wake()
    await running.close()
    expect(log.filter((it) => it === 'close')).toHaveLength(3)
    expect(log.filter((it) => it === 'dispose')).toHaveLength(3)
    expect(log[0]).toBe('close')
    expect(log.at(-1)).toBe('dispose')
  })

  test('are disposed where a generator was answered that nobody begins', async () => {
    const log: string[] = []
    const Cursor = service('cursor', () => ({}), { scope: 'request', dispose: () => void log.push('dispose') })
    const built = await core()
      .get('/', async function* ({ use }) {
        yield use(Cursor)
      })
      .get('/used', ({ use }) => {
        use(Cursor)
        return (async function* () {
          yield 1
        })()
      })
      .build()
    await built.fetch(new Request('http://a/', { method: 'HEAD' }))
    expect(log).toEqual([])
    await built.fetch(new Request('http://a/used', { method: 'HEAD' }))
    await built.close()
    expect(log).toEqual(['dispose'])
  })

  test('are disposed before what they stand on, at shutdown too', async () => {
    const log: string[] = []
    const Database = service('database', () => ({}), { dispose: () => void log.push('database') })
    let end = (): void => {}
    const ended = new Promise<void>((done) => (end = done))
    const Transaction = service('transaction', ({ use }) => use(Database), {
      scope: 'request',
      dispose: () => ended.then(() => void log.push('transaction')),
    })
    const kept: Promise<unknown>[] = []
    const built = await core()
      .use(Database)
      .get('/', ({ use }) => void use(Transaction))
      .build()
    // As on Workers, where what is not handed to `waitUntil` is cut off with the answer.
    const platform = [{}, { waitUntil: (work: Promise<unknown>) => void kept.push(work) }]
    await built.fetch(new Request('http://a/'), ...platform)
    const closed = built.close()
    end()
    await closed
    expect([log, kept.length]).toEqual([['transaction', 'database'], 1])
  })

  test('that a handler asks for after its deadline are disposed when it ends', async () => {
    const log: string[] = []
    const Session = service('session', () => ({ n: log.push('made') }), { scope: 'request', dispose: () => void log.push('disposed') })
    let ended = (): void => {}
    const handler = new Promise<void>((done) => (ended = done))
    const built = await core({ timeout: 10 })
      .get('/', async ({ use, signal }) => {
        use(Session)
        await new Promise((done) => signal.addEventListener('abort', done))
        await Promise.resolve()
        use(Session)
        ended()
      })
      .build()
    expect((await built.fetch(new Request('http://a/'))).status).toBe(503)
    await handler
    await built.close()
    expect(log).toEqual(['made', 'disposed', 'made', 'disposed'])
  })

  test('can be replaced, and refuse to be asynchronous', async () => {
    const Session = service('session', () => ({ id: 1 }), { scope: 'request' })
    const Slow = service('slow', async () => ({ id: 1 }), { scope: 'request' })
    const errors: unknown[] = []
    const built = await core()
      .get('/', ({ use }) => ({ id: use(Session).id }))
      .get('/slow', ({ use }) => ({ id: use(Slow).id }))
      .on('failed', (record) => void errors.push(record.error))
      .build({ replace: [Session.with({ id: 9 })] })
    expect(await (await built.fetch(new Request('http://a/'))).json()).toEqual({ id: 9 })
    expect((await built.fetch(new Request('http://a/slow'))).status).toBe(500)
    expect(String(errors[0])).toContain("'slow' is made asynchronously, but a request can't wait")
  })
})
