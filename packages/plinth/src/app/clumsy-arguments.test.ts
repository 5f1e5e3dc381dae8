import { describe, expect, test } from 'vitest'
import { nodeHandler } from '../adapters/node.ts'
import { createClient } from '../client/index.ts'
import { config } from '../config/index.ts'
import { app as withDefaults } from '../default-app.ts'
import { compression, cors, csrf, rateLimit, requestId, securityHeaders, staticFiles } from '../middleware/index.ts'
import { openapi } from '../openapi/index.ts'
import { accessLog, health, logger, metrics, tracing } from '../ops/index.ts'
import { testApp } from '../testing/index.ts'
import { core, file, guard, identify, module, problems, redirect, service, signCookie, sse, t, token, unsignCookie } from './index.ts'

// What plain JavaScript passes by mistake. TypeScript refuses each of these, so every call is made through a type that allows all.
type Any = (...args: readonly unknown[]) => unknown
const any = (call: unknown): Any => call as Any

const calls: readonly (readonly [call: string, run: () => unknown, message: string])[] = [
  ['app(null)', () => any(withDefaults)(null), 'app: options must be an object, not null'],
  ['app({ security: null })', () => any(withDefaults)({ security: null }), 'securityHeaders: options must be an object, not null'],
  ['core(null)', () => any(core)(null), 'core: options must be an object, not null'],
  ['core({ tags })', () => any(core)({ tags: 'x' }), 'core: tags must be an array, not a string'],
  ['module()', () => any(module)(), 'module: name must be a string, not undefined'],
  ['module(name, 5)', () => any(module)('x', 5), 'module: options must be an object, not a number'],
  ['module({ provide })', () => any(module)('x', { provide: {} }), 'module: provide must be an array, not an object'],
  ['service(fn)', () => any(service)(() => 1), 'service: name must be a string, not a function'],
  ['service(name)', () => any(service)('users'), "service 'users': make must be a function, not undefined"],
  ['service(name, fn, null)', () => any(service)('users', () => 1, null), "service 'users': options must be an object, not null"],
  ['token()', () => any(token)(), 'token: name must be a string, not undefined'],
  ['guard()', () => any(guard)(), 'guard(…) must be a function, not undefined'],
  ['guard(fn, null)', () => any(guard)(() => {}, null), 'guard: options must be an object, not null'],
  ['guard(fn, { needs })', () => any(guard)(() => {}, { needs: guard(() => {}) }), 'guard: needs must be an array, not an object'],
  ['identify(null)', () => any(identify)(null), 'identify(…) must be a function, not null'],
  ['identify(fn, 5)', () => any(identify)(() => null, 5), 'identify: options must be an object, not a number'],
  ['app.headers()', () => any((it: never) => core().headers(it))(), 'app.headers(…) must be an object, not undefined'],
  ['problems()', () => any(problems)(), 'problems(…) must be an object, not undefined'],
  ['redirect(path, null)', () => any(redirect)('/', null), 'redirect: options must be an object, not null'],
  ['file()', () => any(file)(), 'file: path must be a string, not undefined'],
  ['file(path, null)', () => any(file)('/x', null), 'file: options must be an object, not null'],
  ['sse(text)', () => any(sse)('x'), 'sse: fields must be an object, not a string'],
  ['cors()', () => any(cors)(), 'cors: options must be an object, not undefined'],
  ['cors({ methods })', () => any(cors)({ origins: '*', methods: 'PUT' }), 'cors: methods must be an array, not a string'],
  ['cors({ headers })', () => any(cors)({ origins: '*', headers: 5 }), 'cors: headers must be an array, not a number'],
  ['cors({ expose })', () => any(cors)({ origins: '*', expose: true }), 'cors: expose must be an array, not a boolean'],
  ['csrf(null)', () => any(csrf)(null), 'csrf: options must be an object, not null'],
  ['csrf({ origins })', () => any(csrf)({ origins: 'https://a.test' }), 'csrf: origins must be an array, not a string'],
  ['csrf({ cookies })', () => any(csrf)({ cookies: 'session' }), 'csrf: cookies must be an array, not a string'],
  ['rateLimit()', () => any(rateLimit)(), 'rateLimit: options must be an object, not undefined'],
  ['compression(null)', () => any(compression)(null), 'compression: options must be an object, not null'],
  ['compression({ encodings })', () => any(compression)({ encodings: 'gzip' }), 'compression: encodings must be an array, not a string'],
  ['securityHeaders(null)', () => any(securityHeaders)(null), 'securityHeaders: options must be an object, not null'],
  ['requestId(null)', () => any(requestId)(null), 'requestId: options must be an object, not null'],
  ['requestId({ header })', () => any(requestId)({ header: null }), 'requestId: header must be a string, not null'],
  ['requestId({ generate })', () => any(requestId)({ generate: 'x' }), 'requestId: generate must be a function, not a string'],
  ['staticFiles()', () => any(staticFiles)(), 'staticFiles: root must be a string, not undefined'],
  ['staticFiles(root, null)', () => any(staticFiles)('.', null), 'staticFiles: options must be an object, not null'],
  ['staticFiles({ fallback })', () => any(staticFiles)('.', { fallback: true }), 'staticFiles: fallback must be a string, not a boolean'],
  ['openapi(null)', () => any(openapi)(null), 'openapi: options must be an object, not null'],
  ['health(null)', () => any(health)(null), 'health: options must be an object, not null'],
  ['logger(null)', () => any(logger)(null), 'logger: options must be an object, not null'],
  ['metrics(null)', () => any(metrics)(null), 'metrics: options must be an object, not null'],
  ['accessLog(null)', () => any(accessLog)(null), 'accessLog: options must be an object, not null'],
  ['tracing(null)', () => any(tracing)(null), 'tracing: options must be an object, not null'],
  ['config(schema, null)', () => any(config)(t.Object({}), null), 'config: options must be an object, not null'],
  ['createClient()', () => any(createClient)(), 'createClient: url must be a string'],
  ['nodeHandler()', () => any(nodeHandler)(), 'nodeHandler: the application must be an object, not undefined'],
  ['nodeHandler(app, null)', () => any(nodeHandler)(core(), null), 'nodeHandler: options must be an object, not null'],
  ['build(null)', () => any((it: never) => core().build(it))(null), 'build: options must be an object, not null'],
  ['build({ replace })', () => any((it: never) => core().build(it))({ replace: 'x' }), 'build: replace must be an array, not a string'],
  [
    'build({ replace: [null] })',
    () => any((it: never) => core().build(it))({ replace: [null] }),
    'build: each of replace must be an object, not null',
  ],
  ['testApp()', () => any(testApp)(), 'testApp(…) takes an application'],
  ['testApp(app, null)', () => any(testApp)(core(), null), 'testApp: options must be an object, not null'],
  ['testApp({ replace })', () => any(testApp)(core(), { replace: {} }), 'testApp: replace must be an array, not an object'],
  ['signCookie(…, 5)', () => any(signCookie)('a', 'b', 5), 'Signed cookies: give at least one secret, each of 32 characters or more.'],
  ['unsignCookie(…)', () => any(unsignCookie)('a', 'b'), 'Signed cookies: give at least one secret, each of 32 characters or more.'],
]

describe('a wrong argument is a TypeError that names it', () => {
  test.each(calls)('%s', async (_, run, message) => {
    const failure: unknown = await Promise.resolve()
      .then(run)
      .then(
        () => undefined,
        (error: unknown) => error,
      )
    expect(failure).toBeInstanceOf(TypeError)
    expect((failure as Error).message).toBe(message)
  })
})
