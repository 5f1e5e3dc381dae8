import { afterEach, describe, expect, test, vi } from 'vitest'
import { eventFormat } from './event-format.ts'
import { ndjsonStream } from './ndjson.ts'
import { sse, SseEvent, sseStream, type SseFields } from './sse.ts'

const text = (stream: ReadableStream<Uint8Array>): Promise<string> => new Response(stream).text()
async function* each(...items: unknown[]): AsyncGenerator<unknown> {
  yield* items
}

/** A source under the test's hand, which counts what is done to it. */
class Source implements AsyncIterable<unknown>, AsyncIterator<unknown> {
  asked = 0
  returned = 0
  returnFails = false
  #waiting: { resolve: (result: IteratorResult<unknown>) => void; reject: (error: unknown) => void } | undefined;

  [Symbol.asyncIterator](): this {
    return this
  }

  next(): Promise<IteratorResult<unknown>> {
    this.asked++
    return new Promise((resolve, reject) => (this.#waiting = { resolve, reject }))
  }

  return(): Promise<IteratorResult<unknown>> {
    this.returned++
    return this.returnFails ? Promise.reject(new Error('return failed')) : Promise.resolve({ done: true, value: undefined })
  }

  give(value: unknown): void {
    this.#waiting?.resolve({ done: false, value })
  }

  fail(error: unknown): void {
    this.#waiting?.reject(error)
  }
}

const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const decoded = (result: ReadableStreamReadResult<Uint8Array>): string => new TextDecoder().decode(result.value)

afterEach(() => vi.useRealTimers())

describe('server-sent events', () => {
  test('values are data in JSON', async () => {
    expect(await text(sseStream(each({ a: 1 }, 'x', null, 'é')))).toBe('data: {"a":1}\n\ndata: "x"\n\ndata: null\n\ndata: "é"\n\n')
  })

  test('events with fields', async () => {
    const events = each(
      sse({ event: 'tick', id: '7', retry: 1_000, data: { a: 1 } }),
      sse({ data: 'one\ntwo\r\nthree\rfour' }),
      sse({ retry: 0 }),
    )
    expect(await text(sseStream(events))).toBe(
      'event: tick\nid: 7\nretry: 1000\ndata: {"a":1}\n\ndata: one\ndata: two\ndata: three\ndata: four\n\nretry: 0\n\n',
    )
  })

  test('an encoder of the application, whose lines stay data', async () => {
    expect(await text(sseStream(each({ a: 1 }), { encode: (value) => JSON.stringify(value, null, 1) }))).toBe(
      'data: {\ndata:  "a": 1\ndata: }\n\n',
    )
  })

  test.each<[SseFields, RegExp]>([
    [{ event: 'a\ndata: x' }, /`event`/],
    [{ event: 'a\r' }, /`event`/],
    [{ id: 'a\n' }, /`id`/],
    [{ id: 'a\0' }, /`id`/],
    [{ retry: 1.5 }, /`retry`/],
    [{ retry: -1 }, /`retry`/],
    [{ retry: '1\n' as unknown as number }, /`retry`/],
  ])('%j is refused', (fields, message) => {
    expect(() => sse(fields)).toThrow(message)
  })

  test('is branded by its class', () => {
    expect(sse({ data: 1 })).toBeInstanceOf(SseEvent)
  })
})

describe('NDJSON', () => {
  test('a line for each item', async () => {
    expect(await text(ndjsonStream(each({ a: 1 }, 'x\ny', sse({ event: 'e', data: 2 }), sse({ id: '1' }))))).toBe(
      '{"a":1}\n"x\\ny"\n2\nnull\n',
    )
  })

  test('an encoder that breaks lines fails the stream', async () => {
    const errors: unknown[] = []
    const stream = ndjsonStream(each({ a: 1 }), {
      encode: (value) => JSON.stringify(value, null, 1),
      onError: (error) => errors.push(error),
    })
    await expect(text(stream)).rejects.toThrow('one line')
    expect(errors).toHaveLength(1)
  })
})

describe.each([
  ['sse', sseStream, ':\n\n'],
  ['ndjson', ndjsonStream, '\n'],
] as const)('%s', (_name, stream, heartbeat) => {
  test('asks for an item only when the one before was taken', async () => {
    const source = new Source()
    const reader = stream(source).getReader()
    await tick()
    expect(source.asked).toBe(1)
    source.give(1)
    await tick()
    expect(source.asked).toBe(1)
    await reader.read()
    await tick()
    expect(source.asked).toBe(2)
    await reader.cancel()
  })

  test('heartbeats while the source is quiet, none piled up, none after the end', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    const source = new Source()
    const reader = stream(source).getReader()
    await tick()
    vi.advanceTimersByTime(14_999)
    const first = reader.read()
    vi.advanceTimersByTime(1)
    expect(decoded(await first)).toBe(heartbeat)
    await tick()
    vi.advanceTimersByTime(150_000)
    expect(decoded(await reader.read())).toBe(heartbeat)
    source.give(1)
    expect(decoded(await reader.read())).toContain('1\n')
    await reader.cancel()
    expect(vi.getTimerCount()).toBe(0)
  })

  test('heartbeats can be set and turned off', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    const off = stream(new Source(), { heartbeat: 0 })
    expect(vi.getTimerCount()).toBe(0)
    const often = stream(new Source(), { heartbeat: 10 }).getReader()
    const read = often.read()
    vi.advanceTimersByTime(10)
    expect(decoded(await read)).toBe(heartbeat)
    await Promise.all([off.cancel(), often.cancel()])
  })

  test('a client that goes has the source returned once and the timer cleared', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    const source = new Source()
    const reader = stream(source).getReader()
    await tick()
    await reader.cancel('gone')
    await reader.cancel('gone')
    expect(source.returned).toBe(1)
    expect(vi.getTimerCount()).toBe(0)
    // What the source does afterwards touches nothing.
    source.give(2)
    await tick()
    expect(source.asked).toBe(1)
  })

  test('a source that fails after the client has gone is nobody’s business; a failing return is told', async () => {
    const errors: unknown[] = []
    const source = new Source()
    source.returnFails = true
    const reader = stream(source, { onError: (error) => errors.push(error) }).getReader()
    await tick()
    await reader.cancel()
    source.fail(new Error('late'))
    await tick()
    expect(errors).toEqual([new Error('return failed')])
  })

  test('a generator’s finally runs when the client goes', async () => {
    let cleaned = 0
    async function* forever(): AsyncGenerator<number> {
      try {
        for (let count = 0; ; count++) yield count
      } finally {
        cleaned++
      }
    }
    const reader = stream(forever()).getReader()
    await reader.read()
    await reader.cancel()
    await tick()
    expect(cleaned).toBe(1)
  })

  test('an error of the source is told, and errors the stream after what was sent', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    const errors: unknown[] = []
    async function* failing(): AsyncGenerator<number> {
      yield 1
      throw new Error('broken')
    }
    const reader = stream(failing(), { onError: (error) => errors.push(error) }).getReader()
    expect(decoded(await reader.read())).toContain('1\n')
    await expect(reader.read()).rejects.toThrow('broken')
    expect(errors).toEqual([new Error('broken')])
    expect(vi.getTimerCount()).toBe(0)
  })

  test('an item without a JSON form fails the stream and returns the source', async () => {
    for (const item of [undefined, () => {}, 1n]) {
      const source = new Source()
      const reader = stream(source).getReader()
      await tick()
      source.give(item)
      await expect(reader.read()).rejects.toThrow(TypeError)
      expect(source.returned).toBe(1)
    }
  })

  test('a source without return is left alone', async () => {
    const bare: AsyncIterable<number> = { [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve({ done: false, value: 1 }) }) }
    const reader = stream(bare).getReader()
    await reader.read()
    await expect(reader.cancel()).resolves.toBeUndefined()
  })
})

test('which format', () => {
  expect(eventFormat(undefined)).toBe('sse')
  expect(eventFormat('*/*')).toBe('sse')
  expect(eventFormat('text/html')).toBe('sse')
  expect(eventFormat('text/event-stream, application/x-ndjson')).toBe('sse')
  expect(eventFormat('application/x-ndjson')).toBe('ndjson')
  expect(eventFormat('application/jsonl;q=0.9, text/event-stream;q=0.1')).toBe('ndjson')
  expect(eventFormat('application/*')).toBe('ndjson')
})
