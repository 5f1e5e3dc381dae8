export { ProblemError } from './answer.ts'
export { type ClientOptions, createClient, senderOf } from './create-client.ts'
export type { CallOptions, Client, HeadResult, Result, Verbs } from './types.ts'
export type { EventStream, ServerEvent } from '../http/types.ts'
