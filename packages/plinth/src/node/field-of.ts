/** The first value of a field of a flat list: its value alone is none of the names, though `vary: content-type` has one in it. */
export function fieldOf(headers: readonly string[], name: string): string | undefined {
  for (let i = 0; i < headers.length; i += 2) if (headers[i] === name) return headers[i + 1]
  return undefined
}
