import { Answer } from './answer.ts'
import { connectionFields } from './header-value.ts'

/** A web `Response` as an answer. Its own headers stand before those of the route. */
export function fromResponse(response: Response, routeHeaders: readonly string[]): Answer {
  const answer = new Answer(response.status, routeHeaders, response.body)
  // What `fetch` gives is decoded already, but still says how it was coded and how long it was then.
  const decoded = response.url !== '' && response.headers.has('content-encoding')
  for (const [name, value] of response.headers) {
    if (connectionFields.has(name) || (decoded && (name === 'content-encoding' || name === 'content-length'))) continue
    if (name === 'set-cookie') answer.append(name, value)
    else answer.set(name, value)
  }
  // With every body, also with those that another framework made behind a mount.
  if (response.body !== null && answer.header('x-content-type-options') === undefined) answer.append('x-content-type-options', 'nosniff')
  return answer
}
