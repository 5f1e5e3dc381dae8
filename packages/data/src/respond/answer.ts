/** An answer that is yet to be sent. */
export interface DataAnswer {
  readonly status: number
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** Empty for none. */
  readonly body: string
}

/** Whoever keeps answers must tell them apart by these. */
export const vary: readonly [string, string] = ['Vary', 'Accept, Prefer, Range']

export function lengthOf(body: string): string {
  return String(Buffer.byteLength(body))
}
