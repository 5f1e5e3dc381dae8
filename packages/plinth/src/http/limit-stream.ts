import { BodyTooLarge } from './failures.ts'

/** `stream` up to `limit` bytes; one more, and reading it rejects with {@link BodyTooLarge} and the source is cancelled. */
export function limitStream(stream: ReadableStream<Uint8Array>, limit: number): ReadableStream<Uint8Array> {
  const reader = stream.getReader()
  let left = limit
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await reader.read()
        if (done) return controller.close()
        left -= value.byteLength
        if (left >= 0) return controller.enqueue(value)
        const error = new BodyTooLarge(limit)
        controller.error(error)
        await reader.cancel(error).catch(() => {})
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  )
}
