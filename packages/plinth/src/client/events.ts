import type { EventStream, ServerEvent } from '../http/types.ts'

/** Lines of a stream, whatever way its bytes are cut. CRLF, LF and CR end a line, as the event stream format has it. */
async function* lines(response: Response): AsyncGenerator<string, void, undefined> {
  if (!response.body) return
  const reader = response.body.getReader()
  const decoder = new TextDecoder()
  let rest = ''
  try {
    for (;;) {
      const { done, value } = await reader.read()
      rest += done ? decoder.decode() : decoder.decode(value, { stream: true })
      // A CR at the end may be the first half of a CRLF that is still on its way.
      const held = !done && rest.endsWith('\r') ? '\r' : ''
      const parts = rest.slice(0, rest.length - held.length).split(/\r\n|\n|\r/)
      rest = (parts.pop() ?? '') + held
      yield* parts
      if (!done) continue
      if (rest !== '') yield rest
      return
    }
  } finally {
    await reader.cancel().catch(() => {})
  }
}

/** Values of an NDJSON answer as they come; empty lines are heartbeats. */
export async function* readNdjson(response: Response): AsyncGenerator<unknown, void, undefined> {
  for await (const line of lines(response)) if (line.trim() !== '') yield JSON.parse(line)
}

/** Server-sent events as they come (WHATWG HTML §9.2.6): `data` is JSON where it is JSON, else text; an id holds until the next. */
export async function* readServerSentEvents(response: Response): AsyncGenerator<ServerEvent<unknown>, void, undefined> {
  let data: string[] = []
  let event = ''
  let id = ''
  for await (const line of lines(response)) {
    if (line === '') {
      if (data.length > 0) yield { data: parsed(data.join('\n')), event: event || 'message', id }
      data = []
      event = ''
      continue
    }
    const colon = line.indexOf(':')
    const name = colon === -1 ? line : line.slice(0, colon)
    const value = colon === -1 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1)
    if (name === 'data') data.push(value)
    else if (name === 'event') event = value
    else if (name === 'id' && !value.includes('\0')) id = value
  }
}

async function* asEvents(values: AsyncIterable<unknown>): AsyncGenerator<ServerEvent<unknown>, void, undefined> {
  for await (const data of values) yield { data, event: 'message', id: '' }
}

/** The events of an answer, in whichever of its two forms it came. */
export class EventAnswer implements EventStream<unknown> {
  readonly events: AsyncIterable<ServerEvent<unknown>>

  constructor(response: Response, format: 'sse' | 'ndjson') {
    this.events = format === 'sse' ? readServerSentEvents(response) : asEvents(readNdjson(response))
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<unknown, void, undefined> {
    for await (const { data } of this.events) yield data
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
