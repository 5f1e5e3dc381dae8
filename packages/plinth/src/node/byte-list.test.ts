import { expect, test } from 'vitest'
import { ByteList } from './byte-list.ts'

const bytes = (size: number, from = 0): Uint8Array => Uint8Array.from({ length: size }, (_, at) => (from + at) & 255)

test('gives back what was put in, however it is taken', () => {
  const sizes = [1, 1, 500, 600, 1, 511, 512, 513, 7_000, 3, 8_000, 100, 100, 300, 9, 65_536, 1]
  const whole = bytes(sizes.reduce((sum, it) => sum + it, 0))
  const filled = (): ByteList => {
    const list = new ByteList()
    let at = 0
    for (const size of sizes) list.add(whole.subarray(at, (at += size)))
    return list
  }
  expect(filled().size).toBe(whole.length)
  expect(filled().takeAll()).toEqual(whole)
  const list = filled()
  const parts: number[] = []
  for (let part = list.shift(); part !== undefined; part = list.shift()) parts.push(...part)
  expect(Uint8Array.from(parts)).toEqual(whole)
  expect([list.size, list.shift(), list.takeAll().length]).toEqual([0, undefined, 0])
})

test('what is added between is behind what was there', () => {
  const list = new ByteList()
  for (let i = 0; i < 3; i++) list.add(bytes(1, i))
  expect([...(list.shift() as Uint8Array)]).toEqual([0])
  expect([...(list.shift() as Uint8Array)]).toEqual([1, 2])
  list.add(bytes(1, 3))
  list.add(bytes(1, 4))
  expect([...list.takeAll()]).toEqual([3, 4])
})

test('a single part is given back as it is, and many small ones are few', () => {
  const list = new ByteList()
  const only = bytes(3)
  list.add(only)
  expect(list.takeAll()).toBe(only)
  for (let i = 0; i < 100_000; i++) list.add(bytes(1, i))
  let parts = 0
  while (list.shift() !== undefined) parts++
  expect(parts).toBeLessThan(20)
})
