import { describe, expect, test } from 'vitest'
import type { PubSub } from '../channels/pub-sub.ts'

/** Two ends of the same pub/sub, as two processes have it, or twice the same where there is one. */
export interface PubSubBench {
  readonly one: PubSub
  readonly other: PubSub
  dispose?(): void | Promise<void>
}

/** What every `PubSub` must do. */
export function pubSubConformance(name: string, make: () => PubSubBench | Promise<PubSubBench>): void {
  const bench = async (run: (it: PubSubBench) => Promise<void>): Promise<void> => {
    const it = await make()
    try {
      await run(it)
    } finally {
      await it.dispose?.()
    }
  }
  /** Resolves once so many have been heard. */
  const hearing = (
    end: PubSub,
    topic: string,
    count: number,
  ): { readonly all: Promise<unknown[]>; readonly heard: unknown[] } & Disposable => {
    const heard: unknown[] = []
    let done!: (all: unknown[]) => void
    const all = new Promise<unknown[]>((resolve) => (done = resolve))
    const subscription = end.subscribe(topic, (message) => {
      heard.push(message)
      if (heard.length === count) done(heard)
    })
    return { all, heard, [Symbol.dispose]: () => subscription[Symbol.dispose]() }
  }
  /** Until what was published before on the same way has been heard. */
  const settled = async ({ one, other }: PubSubBench): Promise<void> => {
    for (const [from, to] of [
      [one, other],
      [other, one],
    ] as const) {
      using mark = hearing(to, ' mark', 1)
      from.publish(' mark', null)
      await mark.all
    }
  }

  describe(`${name} as a PubSub`, () => {
    test('hands a message to everybody who hears its topic, at both ends, and to nobody else', () =>
      bench(async (it) => {
        using a = hearing(it.one, 'news', 2)
        using b = hearing(it.other, 'news', 2)
        using c = hearing(it.other, 'news', 2)
        using d = hearing(it.other, 'news ', 1)
        await settled(it)
        it.one.publish('news', { a: [1, 'ü', null, true] })
        it.other.publish('news', 'second')
        for (const { all } of [a, b, c]) expect(await all).toEqual(expect.arrayContaining([{ a: [1, 'ü', null, true] }, 'second']))
        await settled(it)
        expect(d.heard).toEqual([])
      }))

    test('keeps the order of one publisher', () =>
      bench(async (it) => {
        using a = hearing(it.one, 't', 500)
        using b = hearing(it.other, 't', 500)
        await settled(it)
        for (let i = 0; i < 500; i++) it.one.publish('t', i)
        const order = Array.from({ length: 500 }, (_, i) => i)
        expect([await a.all, await b.all]).toEqual([order, order])
      }))

    test('hands each hearer a copy of its own, as it was when it was published', () =>
      bench(async (it) => {
        const copies: { list: number[] }[] = []
        let done!: () => void
        const both = new Promise<void>((resolve) => (done = resolve))
        const take = (message: unknown): void => {
          const copy = message as { list: number[] }
          copy.list.push(copies.push(copy))
          if (copies.length === 2) done()
        }
        using _a = it.one.subscribe('t', take)
        using _b = it.one.subscribe('t', take)
        const message = { list: [0] }
        it.one.publish('t', message)
        message.list.push(99)
        expect(copies).toEqual([])
        await both
        expect(copies).toEqual([{ list: [0, 1] }, { list: [0, 2] }])
      }))

    test('says nothing to who has ended, and nothing of what was before', () =>
      bench(async (it) => {
        const early = hearing(it.one, 't', 1)
        it.one.publish('t', 1)
        await early.all
        early[Symbol.dispose]()
        early[Symbol.dispose]()
        using late = hearing(it.one, 't', 1)
        await settled(it)
        expect(late.heard).toEqual([])
        it.one.publish('t', 2)
        expect([await late.all, early.heard]).toEqual([[2], [1]])
      }))

    test('lets the others hear where one throws', () =>
      bench(async (it) => {
        using _a = it.one.subscribe('t', () => {
          throw new Error('no')
        })
        using b = hearing(it.one, 't', 1)
        it.one.publish('t', 1)
        expect(await b.all).toEqual([1])
      }))

    test('refuses what JSON can not say', () =>
      bench(async ({ one }) => {
        for (const message of [undefined, () => {}, 1n]) expect(() => one.publish('t', message)).toThrow(TypeError)
      }))
  })
}
