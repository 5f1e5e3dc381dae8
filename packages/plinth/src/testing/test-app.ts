import type { Built } from '../app/built.ts'
import type { Logger } from '../app/logger.ts'
import type { AnyApp, Replacement } from '../app/types.ts'
import { callsOf } from '../client/create-client.ts'
import { callRequest } from '../client/request.ts'
import type { Verbs } from '../client/types.ts'
import type { Incoming } from '../contract.ts'
import { FetchIncoming, toResponse } from '../http/fetch-incoming.ts'
import type { FetchPlatform } from '../http/fetch-platform.ts'
import type { Principal } from '../register.ts'
import type { Service } from '../app/service.ts'
import { requireList, requireObject } from '../internal/arguments.ts'

type Pairs<T extends readonly unknown[]> = { readonly [I in keyof T]: readonly [Service<T[I]>, NoInfer<T[I]>] }

/** What is different about an application under test. */
export interface TestOptions<T extends readonly unknown[]> {
  /** Services to put in the place of others, at any depth: `[Users.with(fake)]`, or pairs. */
  readonly replace?: readonly Replacement[] | Pairs<T>
  /**
   * What an error that nobody expected does: `throw` (default) rejects the call with it, so that the test fails with its stack;
   * `answer` gives the 500 that a client would get.
   */
  readonly errors?: 'throw' | 'answer'
}

/** An application under test: calls go through its dispatch, without a network. */
export interface TestClient<A> extends Verbs<A, 'result'> {
  /** The same application, asked by somebody: its `identify` is not asked. `null` for nobody. */
  as(user: Principal | null): TestClient<A>
  /** Any request at all; `path` is relative to the application. */
  fetch(path: string, init?: RequestInit): Promise<Response>
  readonly app: Built
  /** Drains, disposes services, and rejects when something failed that no call has told about. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

const BASE = 'http://test.local'
const here: FetchPlatform = { env: undefined, peer: () => ({ address: '127.0.0.1', port: 1 }), waitUntil: undefined }

class KnownIncoming extends FetchIncoming {
  readonly principal: unknown
  constructor(request: Request, user: unknown) {
    super(request, here)
    this.principal = user
  }
}

/**
 * Builds an application for a test. Every error that no contract expects fails the test that caused it.
 *
 * ```ts
 * await using api = await testApp(application, { replace: [Mailer.with(fake)] })
 * expect((await api.get('/users/:id', { params: { id: 1 } })).status).toBe(200)
 * ```
 * @throws {BootError} as `build` does.
 */
export async function testApp<A extends AnyApp, const T extends readonly unknown[] = []>(
  application: A,
  options: TestOptions<T> = {},
): Promise<TestClient<A>> {
  if (typeof application?.build !== 'function') throw new TypeError('testApp(…) takes an application')
  requireObject('testApp: options', options)
  requireList('testApp: replace', options.replace)
  const replace = (options.replace ?? []).map((it) => (Array.isArray(it) ? (it[0] as Service<unknown>).with(it[1]) : (it as Replacement)))
  const unclaimed: unknown[] = []
  const app = await application.build({ mode: 'test', replace, log: recording(unclaimed) })
  const failures = new WeakMap<Incoming, unknown>()
  app.on('failed', (record) => void failures.set(record.incoming, record.error))

  const ask = async (request: Request, user: unknown): Promise<Response> => {
    // As the application's own pages ask, so that tests with cookies pass the cross-site check; a test of that check says otherwise.
    if (!request.headers.has('sec-fetch-site') && !request.headers.has('origin')) request.headers.set('sec-fetch-site', 'same-origin')
    const incoming = user === undefined ? new FetchIncoming(request, here) : new KnownIncoming(request, user)
    const response = toResponse(await app.dispatch(incoming), incoming)
    if (failures.has(incoming)) {
      const error = failures.get(incoming)
      const at = unclaimed.indexOf(error)
      if (at !== -1) unclaimed.splice(at, 1)
      if (options.errors !== 'answer') throw error
    }
    return response
  }
  const close = async (): Promise<void> => {
    await app.close()
    if (unclaimed.length === 1) throw unclaimed[0]
    if (unclaimed.length > 1) throw new AggregateError(unclaimed.splice(0), 'errors that no call has told about')
  }
  const clientOf = (user: unknown): TestClient<A> =>
    ({
      ...(callsOf((method, path, parts = {}) => ask(callRequest(BASE, method, path, parts), user))['try'] as Verbs<A, 'result'>),
      as: (other: Principal | null) => clientOf(other),
      fetch: (path: string, init?: RequestInit) => ask(new Request(`${BASE}${path}`, init), user),
      app,
      close,
      [Symbol.asyncDispose]: close,
    }) as TestClient<A>
  return clientOf(undefined)
}

/** Keeps the errors that are logged; whatever else is logged in a test is nobody's concern. */
function recording(errors: unknown[]): Logger {
  const nothing = (): void => {}
  const log: Logger = {
    debug: nothing,
    info: nothing,
    warn: nothing,
    error: (fields: unknown) => {
      // What an application says at this level on purpose has no `err`.
      if (typeof fields === 'object' && fields !== null && 'err' in fields) errors.push(fields.err)
    },
    child: () => log,
  }
  return log
}
