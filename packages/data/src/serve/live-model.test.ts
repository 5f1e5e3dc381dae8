import { expect, test } from 'vitest'
import { LiveModel } from './live-model.ts'

/** Readings that end when they are told to. */
function readings(): { readonly load: () => Promise<number>; readonly end: ((error?: Error) => void)[] } {
  const end: ((error?: Error) => void)[] = []
  const load = (): Promise<number> =>
    new Promise((resolve, reject) => {
      const count = end.length + 1
      end.push((error) => (error === undefined ? resolve(count) : reject(error)))
    })
  return { load, end }
}

test('who asks first has it read; who asks meanwhile waits for the same', async () => {
  const { load, end } = readings()
  const live = new LiveModel(load)
  const both = [live.get(), live.get()]
  end[0]!()
  expect(await Promise.all(both)).toEqual([1, 1])
  expect(live.get()).toBe(1)
})

test('what is known is given while it is read again', async () => {
  const { load, end } = readings()
  const live = new LiveModel(load)
  const first = live.get()
  end[0]!()
  await first
  const second = live.reload()
  expect(live.get()).toBe(1)
  end[1]!()
  expect(await second).toBe(2)
  expect(live.get()).toBe(2)
})

test('a change that comes while it is read has it read once more', async () => {
  const { load, end } = readings()
  const live = new LiveModel(load)
  const reading = live.reload()
  void live.reload()
  void live.reload()
  end[0]!()
  await new Promise((resolve) => setImmediate(resolve))
  expect(end.length).toBe(2)
  end[1]!()
  expect(await reading).toBe(2)
})

test('where it can not be read again, what was known stays', async () => {
  const { load, end } = readings()
  const live = new LiveModel(load)
  const first = live.get()
  end[0]!()
  await first
  const failing = live.reload()
  end[1]!(new Error('away'))
  await expect(failing).rejects.toThrow('away')
  expect(live.get()).toBe(1)
  const third = live.reload()
  end[2]!()
  expect(await third).toBe(3)
})
