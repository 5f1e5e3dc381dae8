import { describe, expect, test } from 'vitest'
import { MalformedPath, RouteConflict, TemplateError } from '../router/errors.ts'
import type { Router } from '../router/contract.ts'
import { cases, conflicts, malformedPaths, malformedTemplates } from './router-cases.ts'

/** Splits `GET /users/:id` into its method and the rest. */
function split(line: string): [method: string, path: string] {
  const space = line.indexOf(' ')
  return [line.slice(0, space), line.slice(space + 1)]
}

function routerOf(make: () => Router<string>, routes: readonly string[]): Router<string> {
  const router = make()
  for (const route of routes) router.add(...split(route), route)
  return router
}

/**
 * What every `Router` must do. `make` gives a new, empty one each time. The cases stand in `router-cases.ts`.
 * `large: false` leaves out thousands of routes and segments, which only a router made for speed stands.
 */
export function routerConformance(name: string, make: () => Router<string>, { large = true }: { readonly large?: boolean } = {}): void {
  describe(`${name} as a Router`, () => {
    for (const { about, routes, finds = [], allowed = [] } of cases) {
      describe(about, () => {
        for (const [label, table] of [
          ['', routes],
          [', routes added in reverse', routes.toReversed()],
        ] as const) {
          for (const [request, route, params = [], rest] of finds) {
            test(`${request} → ${route ?? 'nothing'}${label}`, () => {
              const match = routerOf(make, table).find(...split(request))
              expect(match?.value).toBe(route ?? undefined)
              if (match === undefined) return
              expect([...match.params]).toStrictEqual(params)
              expect(match.rest).toBe(rest)
            })
          }
          for (const [path, methods] of allowed) {
            test(`${path} allows ${methods.join(', ') || 'nothing'}${label}`, () => {
              expect(routerOf(make, table).allowed(path)).toEqual(methods)
            })
          }
        }
      })
    }

    describe('malformed paths', () => {
      for (const path of malformedPaths) {
        test(`find and allowed refuse ${path}`, () => {
          const router = routerOf(make, ['GET /', 'GET /:id', 'GET /files/*'])
          expect(() => router.find('GET', path)).toThrow(MalformedPath)
          expect(() => router.allowed(path)).toThrow(MalformedPath)
        })
      }
    })

    describe('malformed templates', () => {
      for (const [template, message] of malformedTemplates) {
        test(`${JSON.stringify(template.slice(0, 60))}: ${message}`, () => {
          const router = make()
          expect(() => router.add('GET', template, 'x')).toThrow(TemplateError)
          expect(() => router.add('GET', template, 'x')).toThrow(message)
        })
      }
    })

    describe('conflicts', () => {
      for (const [first, second] of conflicts) {
        test(`${second} after ${first}`, () => {
          const router = routerOf(make, [first])
          const [method, template] = split(second)
          expect(() => router.add(method, template, 'second')).toThrow(RouteConflict)
          expect(() => router.add(method, template, 'second')).toThrow(JSON.stringify(template))
          expect(() => router.add(method, template, 'second')).toThrow(JSON.stringify(split(first)[1]))
        })
      }

      test('a refused route leaves nothing behind', () => {
        const router = routerOf(make, ['GET /a'])
        expect(() => router.add('GET', '/a/:x?', 'second')).toThrow(RouteConflict)
        expect(router.find('GET', '/a/1')).toBeUndefined()
        expect(router.find('GET', '/a')?.value).toBe('GET /a')
        router.add('GET', '/a/:y', 'third')
        expect(router.find('GET', '/a/1')?.value).toBe('third')
      })
    })

    if (!large) return
    describe('size', () => {
      test('a path of 100,000 segments is neither slow nor too deep', () => {
        const router = routerOf(make, ['GET /:a/:b', 'GET /:a/:b/:c?/d', 'GET /x/*', 'GET /x/:y/:z'])
        const long = '/x'.repeat(100_000)
        expect(router.find('GET', long)?.params).toEqual([long.slice(3)])
        expect(router.find('GET', `/y${long}`)).toBeUndefined()
        expect(router.find('GET', '/'.repeat(100_000))).toBeUndefined()
        expect(router.find('GET', `/x${'/%2F'.repeat(100_000)}`)?.rest).toBe('%2F/'.repeat(100_000).slice(0, -1))
        expect(router.allowed(long)).toEqual(['GET'])
      })

      test('a template of 100 segments is taken, one of 101 refused', () => {
        const router = make()
        router.add('GET', '/:a' + '/x'.repeat(99), 'deep')
        expect(router.find('GET', '/1' + '/x'.repeat(99))).toMatchObject({ value: 'deep', params: ['1'] })
        expect(() => router.add('GET', '/:a' + '/x'.repeat(100), 'deeper')).toThrow(TemplateError)
      })

      test('routes that part at every level cost at most a visit each', () => {
        const router = make()
        // 2^12 ways down, none of them for GET: every one must be given up before the search ends.
        for (let bits = 0; bits < 4096; bits++) {
          router.add('POST', Array.from({ length: 12 }, (_, level) => ((bits >> level) & 1 ? '/a' : `/:p${level}`)).join(''), String(bits))
        }
        const path = '/a'.repeat(12)
        // No stopwatch, which a busy machine would stop: with two visits where one is enough, at every level, this would not end.
        for (let count = 0; count < 20; count++) expect(router.find('GET', path)).toBeUndefined()
        expect(router.allowed(path)).toEqual(['POST'])
      })

      test('10,000 routes are each found', () => {
        const router = make()
        for (let index = 0; index < 10_000; index++) router.add('GET', `/r${index % 100}/p${index}/:id`, String(index))
        for (let index = 0; index < 10_000; index++) {
          expect(router.find('GET', `/r${index % 100}/p${index}/7`)?.value).toBe(String(index))
        }
        expect(router.find('GET', '/r1/p10000/7')).toBeUndefined()
      })
    })
  })
}
