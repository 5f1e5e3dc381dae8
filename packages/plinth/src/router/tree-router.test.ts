import { describe, expect, test } from 'vitest'
import { routerConformance } from '../testing/router-conformance.ts'
import { RouteConflict, TreeRouter } from './index.ts'

routerConformance('TreeRouter', () => new TreeRouter<string>())

describe('TreeRouter', () => {
  test('answers a static path with one shared, frozen match', () => {
    const router = new TreeRouter<number>()
    router.add('GET', '/a', 1)
    router.add('GET', '/b/:x?', 2)
    const match = router.find('GET', '/a')
    expect(router.find('GET', '/a')).toBe(match)
    expect(router.find('GET', '/%61')).toBe(match)
    expect(Object.isFrozen(match)).toBe(true)
    expect(Object.isFrozen(router.find('GET', '/b')?.params)).toBe(true)
  })

  test('gives every other request its own match', () => {
    const router = new TreeRouter<number>()
    router.add('GET', '/:x/:y', 1)
    const first = router.find('GET', '/1/2')
    router.find('GET', '/3/4')
    expect(first).toEqual({ value: 1, params: ['1', '2'], rest: undefined })
  })

  test('may hold undefined and other falsy values', () => {
    const router = new TreeRouter<undefined | 0>()
    router.add('GET', '/a', undefined)
    router.add('GET', '/:x', 0)
    expect(router.find('GET', '/a')).toEqual({ value: undefined, params: [], rest: undefined })
    expect(router.find('GET', '/b')).toMatchObject({ value: 0 })
  })

  test('takes routes after the first search', () => {
    const router = new TreeRouter<string>()
    router.add('GET', '/longer/:x', 'first')
    expect(router.find('GET', '/longer/1')?.value).toBe('first')
    router.add('GET', '/long/:a/:b/:c', 'second')
    expect(router.find('GET', '/long/1/2/3')?.params).toEqual(['1', '2', '3'])
    expect(router.find('GET', '/longer/1')?.value).toBe('first')
  })

  test('a conflict names method, both templates and the path that both match', () => {
    const router = new TreeRouter<string>()
    router.add('GET', '/a/:x/b/:y?', 'first')
    const add = (): void => router.add('GET', '/a/:z/b', 'second')
    expect(add).toThrow('GET "/a/:z/b" conflicts with GET "/a/:x/b/:y?": both match "/a/:z/b". Remove one')
    expect(() => router.add('GET', '/:a/:z?/b/*rest', 'third')).not.toThrow()
    expect(() => router.add('GET', '/:q/b/*', 'fourth')).toThrow('conflicts with GET "/:a/:z?/b/*rest": both match "/:q/b/*". Remove one')
    expect(() => router.add('GET', '/:q?/b/*tail', 'fifth')).toThrow('both match "/:q/b/*tail"')
    try {
      add()
    } catch (error) {
      expect(error).toBeInstanceOf(RouteConflict)
      expect(error).toMatchObject({ name: 'RouteConflict', method: 'GET', template: '/a/:z/b', existing: '/a/:x/b/:y?' })
    }
    expect(() => router.add('GET', '/a/:x/b/:y?', 'again')).toThrow('it is already registered')
  })

  test('fill takes what is free of a template, and keeps the order of its parameters', () => {
    const router = new TreeRouter<string>()
    router.add('HEAD', '/a/:own', 'own')
    router.fill('HEAD', '/a/:x?', 'filled')
    router.fill('HEAD', '/:x?/a/:y?', 'both')
    router.fill('HEAD', '/a/:z', 'nothing left')
    expect(router.find('HEAD', '/a/1')).toMatchObject({ value: 'own', params: ['1'] })
    expect(router.find('HEAD', '/a')).toMatchObject({ value: 'filled', params: [undefined] })
    expect(router.find('HEAD', '/1/a/2')).toMatchObject({ value: 'both', params: ['1', '2'] })
    expect(router.find('HEAD', '/1/a')).toMatchObject({ value: 'both', params: ['1', undefined] })
    expect(router.allowed('/a')).toEqual(['HEAD'])
  })

  test('a path that ends inside another has an endpoint of its own, whichever came first', () => {
    for (const templates of [
      ['/a/:x', '/a/:x/b', '/a/:x/*'],
      ['/a/:x/*', '/a/:x/b', '/a/:x'],
    ]) {
      const router = new TreeRouter<string>()
      for (const template of templates) router.add('GET', template, template)
      router.add('*', '/a/:x/:y/c', 'deep')
      expect(router.find('GET', '/a/1')?.value).toBe('/a/:x')
      expect(router.find('GET', '/a/1/b')?.value).toBe('/a/:x/b')
      expect(router.find('GET', '/a/1/c')).toMatchObject({ value: '/a/:x/*', rest: 'c' })
      expect(router.allowed('/a/1/c/c')).toEqual(['*', 'GET'])
      expect(router.allowed('/a')).toEqual([])
    }
  })

  test('segments part wherever they begin alike in some bits only', () => {
    // Each differs from the one before in one bit of its first unit.
    const beginnings = ['A', ...Array.from({ length: 16 }, (_, bit) => String.fromCharCode(65 ^ (1 << bit)))].filter((it) =>
      /[\p{L}\d]/u.test(it),
    )
    expect(beginnings.length).toBeGreaterThan(10)
    for (const order of [beginnings, [...beginnings].reverse()]) {
      const router = new TreeRouter<string>()
      for (const it of order) router.add('GET', `/${it}x/:id`, it)
      for (const it of order) expect(router.find('GET', `/${encodeURIComponent(it)}x/1`)?.value).toBe(it)
      for (const it of ['B', 'Z', 'b', '1', '\u4142']) expect(router.find('GET', `/${encodeURIComponent(it)}x/1`)).toBeUndefined()
    }
  })

  test('the methods of a shape stay apart however many there are and in whatever order they came', () => {
    const methods = ['PUT', '*', 'GET', 'DELETE', 'PATCH', 'POST', 'QUERY']
    const router = new TreeRouter<string>()
    for (const method of methods) router.add(method, '/:x', method)
    for (const method of methods) expect(router.find(method, '/1')?.value).toBe(method)
    expect(router.find('TRACE', '/1')?.value).toBe('*')
    for (const method of methods) expect(() => router.add(method, '/:y', method)).toThrow(RouteConflict)
    expect(router.allowed('/1')).toEqual([...methods].sort())
  })
})
