import type { Answer } from '../http/answer.ts'
import { flatHeaders } from '../http/flat-headers.ts'
import type { RequestContext } from './context.ts'
import type { Context } from './types.ts'
import { isStream } from '../internal/is-stream.ts'

/** Lines that stand beside those of the handler; any other of these is the handler's to say. */
const beside: ReadonlySet<string> = new Set(['vary', 'set-cookie'])
/** RFC 9110 §15.3.5, §15.3.6, §15.4.5. */
const bodyless: ReadonlySet<number> = new Set([204, 205, 304])

/** Adds to the head what guards, handlers and modules have asked for. Throws what their functions throw. */
export function finishHead(answer: Answer, ctx: RequestContext): void {
  const { frame } = ctx.route
  // Before it is asked whether this is a page, which a handler may say by `setHeader` as well.
  addPending(answer, ctx)
  // The two lists that most answers have are compared by identity: a JSON answer must not pay for pages.
  const page = frame.documentHeaders.length > 0 && answer.headers !== frame.jsonHeaders && answer.headers !== frame.textHeaders
  if (page && /^text\/html\b/i.test(answer.header('content-type') ?? '')) addBeside(answer, frame.documentHeaders)
  for (const source of frame.dynamicHeaders) {
    const fields = source(ctx as unknown as Context)
    if (fields) addBeside(answer, flatHeaders(fields))
  }
}

/** What guards and handlers asked for by `setHeader` and the like. */
export function addPending(answer: Answer, { pending }: RequestContext): void {
  if (!pending) return
  for (const { name, value, replace } of pending) {
    if (replace) answer.set(name, value)
    else answer.append(name, value)
  }
}

function addBeside(answer: Answer, flat: readonly string[]): void {
  const present = answer.headers.slice()
  for (let i = 0; i < flat.length; i += 2) {
    const name = flat[i] as string
    // Against the list as it was: a source may bring several lines of one name.
    if (beside.has(name) || !hasHeader(present, name)) answer.append(name, flat[i + 1] as string)
  }
}

function hasHeader(flat: readonly string[], name: string): boolean {
  for (let i = 0; i < flat.length; i += 2) if (flat[i] === name) return true
  return false
}

/** HEAD answers as GET would, without the body (RFC 9110 §9.3.2); of a 204 nothing may be said of a length either (§8.6). */
export function finishBody(answer: Answer, method: string): void {
  const { body, status } = answer
  if (body === null || (method !== 'HEAD' && !bodyless.has(status))) return
  if (isStream(body)) void body.cancel().catch(() => {})
  else if (!bodyless.has(status) && answer.header('content-length') === undefined) {
    answer.set('content-length', String(typeof body === 'string' ? new TextEncoder().encode(body).byteLength : body.byteLength))
  }
  answer.body = null
}
