import { problemCatalogue } from 'plinth'
import { leaks } from './generator.ts'
import type { Sketch } from './sketch.ts'

export interface Seen {
  readonly status: number
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: string
  readonly ms: number
}

/** Everything that is wrong with an answer. */
export function faultsOf(asked: Sketch, canary: string, seen: Seen): string[] {
  const { status, headers, body, ms } = seen
  const faults: string[] = []
  const value = (name: string): string | undefined => headers.find(([it]) => it === name)?.[1]
  const fault = (text: string): void => void faults.push(text)
  if (ms > 1_000) fault(`took ${Math.round(ms)} ms`)
  if (status >= 500 && status !== 501 && !isHandlersOwn(asked)) fault(`status ${status}`)
  for (const [name, text] of headers) if (/[^\t\x20-\x7e\x80-\xff]/.test(text)) fault(`header ${name} has ${JSON.stringify(text)}`)
  if (leaks(asked, body)) fault('told what is guarded')
  if (status < 400) return faults

  if (/\n\s+at .+:\d+/.test(body) || /node_modules|\/work\/|\/tmp\//.test(body)) fault(`tells of its insides: ${body}`)
  if (unechoed(body).includes(canary)) fault(`gives back what was sent: ${body}`)
  for (const [name, text] of headers) {
    if (text.includes(canary) && name !== 'access-control-allow-origin' && name !== 'x-request-id')
      fault(`gives back what was sent in ${name}: ${text}`)
  }
  if (asked.method === 'HEAD') return faults
  if (!value('content-type')?.startsWith('application/problem+json')) return [...faults, `a ${status} of the type ${value('content-type')}`]
  faults.push(...problemFaults(body, status))
  return faults
}

function problemFaults(body: string, status: number): string[] {
  let parsed: { readonly [name: string]: unknown }
  try {
    parsed = JSON.parse(body) as typeof parsed
  } catch {
    return [`is no JSON: ${body}`]
  }
  const faults: string[] = []
  const { code, type, title } = parsed
  const kind = problemCatalogue().get(String(code))
  if (kind === undefined) faults.push(`has no known code: ${body}`)
  else if (kind.status !== status || parsed['status'] !== status) faults.push(`'${String(code)}' under ${status}`)
  if (type !== `urn:problem-type:${String(code)}` || title !== kind?.title) faults.push(`is no well-formed problem: ${body}`)
  if (code === 'validation-failed' && !wellFormedIssues(parsed['issues'])) faults.push(`has no well-formed issues: ${body}`)
  return faults
}

function wellFormedIssues(issues: unknown): boolean {
  if (!Array.isArray(issues) || issues.length === 0) return false
  return issues.every(
    (it: { [name: string]: unknown }) =>
      ['params', 'query', 'headers', 'cookies', 'body'].includes(String(it['location'])) &&
      typeof it['pointer'] === 'string' &&
      typeof it['message'] === 'string' &&
      it['message'] !== '',
  )
}

/** Without what may be given back: an id that was found well-formed and is trusted, and the names of members in pointers. */
function unechoed(body: string): string {
  return body.replace(/"requestId":"[A-Za-z0-9._~:@/+=-]{1,128}"/, '').replace(/"pointer":"(?:[^"\\]|\\.)*"/g, '')
}

/** Handlers here put input into headers and cookies unasked. Where it can't stand there that throws, and nothing of it leaves. */
export function isHandlersOwn({ path, search }: Sketch): boolean {
  const values = new URLSearchParams(search).getAll('v')
  const decoded = safeDecode(path)
  if (decoded.endsWith('header')) return values.some((it) => /[^\t\x20-\x7e\x80-\xff]/.test(it))
  return decoded.endsWith('cookie') && values.some((it) => it.length > 1_000)
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
