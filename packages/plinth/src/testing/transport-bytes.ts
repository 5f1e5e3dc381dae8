/** Bytes that differ from place to place, so that a lost, doubled or swapped piece shows. */
export function patternByte(index: number): number {
  return (index ^ (index >>> 8) ^ (index >>> 16)) & 255
}

/** `size` bytes of the pattern as a stream, in chunks of `step`. */
export function pattern(size: number, step: number): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = 0
  return new ReadableStream({
    pull(controller) {
      const chunk = new Uint8Array(Math.min(step, size - at))
      for (let i = 0; i < chunk.length; i++) chunk[i] = patternByte(at + i)
      at += chunk.length
      controller.enqueue(chunk)
      if (at >= size) controller.close()
    },
  })
}

/** The index of the first byte that is not the pattern's; -1 where all are. */
export function patternBreaks(bytes: Uint8Array): number {
  for (let i = 0; i < bytes.length; i++) if (bytes[i] !== patternByte(i)) return i
  return -1
}
