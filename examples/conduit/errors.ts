import { uniqueViolation } from '@plinth/data'
import { errorRenderer, type Issue, problem, problems, t } from 'plinth'

const blank = "can't be blank"

/** RealWorld's one shape for whatever goes wrong: what it is about, and what is to be said of it. */
export const Errors = t.Object(
  { errors: t.Record(t.String(), t.Array(t.String())) },
  { $id: 'Errors', examples: [{ errors: { title: [blank] } }] },
)

const about = t.Record(t.String(), t.String())
export const catalogue = problems({
  unauthorized: { status: 401, title: 'Sign in first', params: about },
  'not-yours': { status: 403, title: 'It belongs to somebody else', params: about },
  unknown: { status: 404, title: 'There is no such thing', params: about },
  taken: { status: 409, title: 'Somebody else has it', params: about },
})

/** A text that says something. */
export const Text = (maxLength: number) =>
  t.Refine(
    t.String({ minLength: 1, maxLength }),
    (it) => it.trim() !== '',
    () => blank,
  )

export const realWorldErrors = errorRenderer(Errors, ({ code, title, params = {} }) => {
  if (Object.hasOwn(catalogue, code)) {
    return { errors: Object.fromEntries(Object.entries(params).map(([name, message]) => [name, [String(message)]])) }
  }
  if (code !== 'validation-failed') return { errors: { request: [title] } }
  const errors: Record<string, string[]> = {}
  for (const { pointer, message } of params['issues'] as readonly Issue[]) {
    // `/article/tagList/0` of a body is about the tagList, `/limit` of a query about the limit.
    const [, outer, field] = pointer.split('/')
    const words = message === 'is required' || message === 'must not be empty' ? blank : message
    ;(errors[field ?? outer ?? 'body'] ??= []).push(words)
  }
  return { errors }
})

/** What the database refuses because another row has it already. */
export function taken(error: Error) {
  const column = uniqueViolation(error)?.columns[0]
  return column === undefined ? undefined : problem('taken', { [column]: 'has already been taken' })
}
