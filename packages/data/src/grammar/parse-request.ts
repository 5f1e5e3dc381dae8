import { parseAccept } from './accept.ts'
import { Budget } from './budget.ts'
import type { GrammarLimits } from './limits.ts'
import { type MediaType, parseMediaType } from './media-type.ts'
import { intersectPages, parseRange, wholePage } from './page.ts'
import { parseParameters } from './parameters.ts'
import { PostgrestError } from './postgrest-error.ts'
import { parsePrefer } from './prefer.ts'
import { canonicalQuery, parseQueryString } from './query-string.ts'
import type { DataRequest, Page, RequestMethod } from './request.ts'

/** Where headers are looked up by name, in any case: the web's `Headers`, or whatever does the same. */
export interface HeaderSource {
  /** Values of repeated headers joined by commas. */
  get(name: string): string | null | undefined
}

/** What {@link parseRequest} reads. */
export interface RequestParts {
  readonly method: string
  /** Name of the table, decoded. */
  readonly relation: string
  /** As it was sent, without `?`. */
  readonly query: string
  readonly headers: HeaderSource
}

const methods: ReadonlySet<string> = new Set<RequestMethod>(['GET', 'HEAD', 'POST', 'PATCH', 'PUT', 'DELETE', 'OPTIONS'])
const json: MediaType = { kind: 'json' }

/**
 * Reads a request on a table in PostgREST's grammar. Nothing is looked up: whether there are such columns and relationships, and
 * who may see them, is for the planner. Throws {@link PostgrestError}: PGRST100 for syntax and limits, PGRST102 for a body in no
 * known form, PGRST103 for ranges, PGRST114 for a page of a PUT, PGRST117 for the method, PGRST122 for preferences.
 */
export function parseRequest(parts: RequestParts, limits?: Partial<GrammarLimits>): DataRequest {
  const { method, relation, query, headers } = parts
  if (!isMethod(method)) throw new PostgrestError('PGRST117', `Unsupported HTTP method: ${method}`)
  const budget = new Budget(limits)
  if (query.length > budget.limits.queryLength) {
    const details = `the query string can have ${budget.limits.queryLength} characters at most, it has ${query.length}`
    throw new PostgrestError('PGRST100', '"failed to parse the query string"', details)
  }
  const reads = method === 'GET' || method === 'HEAD'
  const header = (name: string): string | undefined => headers.get(name)?.trim() || undefined

  const prefer = parsePrefer(header('prefer'))
  const sent = parseQueryString(query)
  const { page, ...parameters } = parseParameters(sent, budget)
  if (method === 'PUT' && page !== undefined) {
    throw new PostgrestError('PGRST114', 'limit/offset querystring parameters are not allowed for PUT')
  }
  return {
    method,
    relation,
    schema: header(reads ? 'accept-profile' : 'content-profile'),
    ...parameters,
    page: reads ? narrow(page ?? wholePage, method === 'GET' ? header('range') : undefined) : wholePage,
    prefer,
    accept: parseAccept(header('accept')),
    contentType: contentTypeOf(method, header('content-type')),
    canonicalQuery: reads ? canonicalQuery(sent) : undefined,
  }
}

function isMethod(method: string): method is RequestMethod {
  return methods.has(method)
}

function narrow(page: Page, header: string | undefined): Page {
  const range = parseRange(header)
  return range === undefined ? page : intersectPages(page, range)
}

/** The forms in which rows can be sent; all that can be read of a body before it is there. */
function contentTypeOf(method: RequestMethod, header: string | undefined): MediaType | undefined {
  if (method !== 'POST' && method !== 'PATCH' && method !== 'PUT') return undefined
  const media = header === undefined ? json : parseMediaType(header)
  if (media.kind === 'json' || media.kind === 'csv' || media.kind === 'form') return media
  throw new PostgrestError('PGRST102', `Content-Type not acceptable: ${header?.split(';', 1)[0]?.trim()}`)
}
