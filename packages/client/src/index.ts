export { createClient } from './create-client.ts'
export type { ApplicationClient, From, ResourceClientOptions } from './create-client.ts'
export type { DatabaseOf, PrefixesOf, SchemaOf } from './database.ts'
export {
  type CallOptions,
  type Client,
  type ClientOptions,
  type EventStream,
  type HeadResult,
  ProblemError,
  type Result,
  type ServerEvent,
  type Verbs,
} from 'plinth/client'
export { PostgrestError, type PostgrestResponse, type PostgrestSingleResponse } from '@supabase/postgrest-js'
