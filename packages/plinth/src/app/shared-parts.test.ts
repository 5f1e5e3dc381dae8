import { expect, test } from 'vitest'
import { core, guard, module } from '../index.ts'
import type { Builder } from './builder.ts'
import { flatten } from './flatten.ts'
import type { Frame } from './frame.ts'
import { SharedParts } from './shared-parts.ts'

const passes = guard(() => {}, { name: 'passes' })
const other = guard(() => {}, { name: 'other' })
const handler = () => ''

function framesOf(app: unknown): ReadonlyMap<string, Frame> {
  const shared = new SharedParts()
  const { routes } = flatten((app as Builder)['~definition'])
  return new Map(routes.map((it) => [it.template, shared.frame(it, undefined, [])]))
}

test('routes around which the same holds have one frame', () => {
  const frames = framesOf(
    core({ guards: [passes] })
      .headers({ 'x-a': '1' })
      .get('/a', handler)
      .get('/b/:id', { guards: [other] }, handler)
      .use(
        module('inner')
          .get('/c', { guards: [other] }, handler)
          .get('/d', { guards: [passes] }, handler),
      ),
  )
  expect(frames.get('/d')).toBe(frames.get('/a'))
  expect(frames.get('/c')).toBe(frames.get('/b/:id'))
  expect(frames.get('/b/:id')).not.toBe(frames.get('/a'))
})

test('what differs in anything has a frame of its own', () => {
  const frames = framesOf(
    core()
      .get('/plain', handler)
      .get('/guarded', { guards: [passes] }, handler)
      .get('/in-one-order', { guards: [passes, other] }, handler)
      .get('/in-the-other', { guards: [other, passes] }, handler)
      .get('/hurried', { timeout: 5 }, handler)
      .headers({ 'x-a': '1' })
      .get('/with-a-header', handler)
      .headers({ 'x-b': '1' }, 'documents')
      .get('/with-one-of-pages', handler)
      .headers(() => ({ 'x-c': '1' }))
      .get('/with-one-that-is-asked', handler)
      .around((_, next) => next())
      .get('/wrapped', handler)
      .catch(RangeError, () => {})
      .get('/caught', handler),
  )
  expect(new Set(frames.values()).size).toBe(frames.size)
})

test('lines of one route are added to those of its scope, and shared by routes with the same', () => {
  const shared = new SharedParts()
  const { routes } = flatten((core().headers({ 'x-a': '1' }).get('/a', handler).get('/b', handler) as unknown as Builder)['~definition'])
  const dated = (at: number, ...lines: string[]): Frame => shared.frame(routes[at]!, undefined, lines)
  expect(dated(0, 'deprecation', '@0').bareHeaders).toEqual(['x-a', '1', 'deprecation', '@0'])
  expect(dated(1, 'deprecation', '@0')).toBe(dated(0, 'deprecation', '@0'))
  expect(dated(1, 'deprecation', '@1')).not.toBe(dated(0, 'deprecation', '@0'))
  expect(dated(0).bareHeaders).toEqual(['x-a', '1'])
})

test('equal names are one list', () => {
  const shared = new SharedParts()
  expect(shared.names(['org', 'id'])).toBe(shared.names(['org', 'id']))
  expect(shared.names(['org'])).toEqual(['org'])
  expect(shared.names(['id', 'org'])).toEqual(['id', 'org'])
  expect(shared.names([])).toEqual([])
})
