import { describe, expect, test } from 'vitest'
import { BodyTooLarge } from './failures.ts'
import { gather } from './fetch-incoming.ts'

interface Source {
  readonly stream: ReadableStream<Uint8Array>
  taken: number
  cancelled: boolean
}

/** Chunks of 10 kB: `count` of them, then an end or a failure. */
function source(count: number, ending: 'end' | 'failure' = 'end'): Source {
  const it: Source = {
    taken: 0,
    cancelled: false,
    stream: new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          if (it.taken === count) return ending === 'end' ? controller.close() : controller.error(new Error('reset'))
          it.taken++
          controller.enqueue(new Uint8Array(10_000))
        },
        cancel: () => void (it.cancelled = true),
      },
      { highWaterMark: 0 },
    ),
  }
  return it
}

describe('a body past its limit', () => {
  test.each([Number.NaN, 1_000_000])('is read on for a while, so that its sender sees the answer (announced: %s)', async (announced) => {
    const it = source(5)
    await expect(gather(it.stream, announced, 9_999)).rejects.toThrow(BodyTooLarge)
    expect([it.taken, it.cancelled]).toEqual([5, false])
  })

  test('is given up when it does not end', async () => {
    const it = source(1_000)
    await expect(gather(it.stream, Number.NaN, 9_999)).rejects.toThrow(BodyTooLarge)
    expect([it.taken, it.cancelled]).toEqual([8, true])
  })

  test('is too large also where its sender fails meanwhile', async () => {
    await expect(gather(source(2, 'failure').stream, Number.NaN, 9_999)).rejects.toThrow(BodyTooLarge)
  })
})

test('a body within its limit, in one piece and in several, and none', async () => {
  expect((await gather(source(1).stream, 10_000, 10_000)).length).toBe(10_000)
  expect((await gather(source(3).stream, Number.NaN, 30_000)).length).toBe(30_000)
  expect((await gather(null, Number.NaN, 1)).length).toBe(0)
})
