/** Joins chunks of `size` bytes in all. A single chunk is given back as it is. */
export function concat(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const first = chunks[0]
  if (chunks.length === 1 && first !== undefined) return first
  const whole = new Uint8Array(size)
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.length
  }
  return whole
}
