/**
 * Facts about your application that types everywhere should know. Augment it once:
 *
 * ```ts
 * declare module 'plinth' {
 *   interface Register { user: { id: number }; problems: typeof problems }
 * }
 * ```
 */
export interface Register {}

/** Who is asking, as `identify` finds out: the registered `user`, or `unknown` where none is registered. */
export type Principal = Register extends { user: infer U } ? U : unknown
