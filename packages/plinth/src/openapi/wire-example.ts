/** An example as it crosses the wire: whoever wrote it may have written what a handler sees, a `Date` or a bigint. */
export function wireExample(value: unknown): unknown {
  const text = JSON.stringify(value, (_, inside: unknown) => (typeof inside === 'bigint' ? inside.toString() : inside))
  return text === undefined ? undefined : (JSON.parse(text) as unknown)
}
