export { ProblemError } from './answer.ts'
export { type ClientOptions, createClient } from './create-client.ts'
export type { CallOptions, Client, Result, Verbs } from './types.ts'
