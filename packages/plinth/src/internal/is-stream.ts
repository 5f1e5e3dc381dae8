/**
 * Whether a body is a stream. Text and bytes, as most are, are told before the class is asked for: the first to name it makes Node
 * load all of its web streams, which an application that never streams needn't keep.
 */
export function isStream(body: unknown): body is ReadableStream<Uint8Array> {
  return typeof body === 'object' && body !== null && !ArrayBuffer.isView(body) && body instanceof ReadableStream
}
