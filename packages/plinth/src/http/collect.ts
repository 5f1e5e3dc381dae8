import { concat } from './concat.ts'
import { BodyTooLarge } from './failures.ts'

/** Reads a stream whole. Past `limit` bytes it is left as `leave` does that, then `BodyTooLarge` thrown. */
export async function collect(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  limit: number,
  leave: (reader: ReadableStreamDefaultReader<Uint8Array>) => Promise<void>,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return concat(chunks, size)
    size += value.byteLength
    if (size > limit) {
      await leave(reader)
      throw new BodyTooLarge(limit)
    }
    chunks.push(value)
  }
}
