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

/** Data of server-sent events as they come (WHATWG HTML §9.2.6): JSON where it is JSON, else text. */
export async function* readServerSentEvents(response: Response): AsyncGenerator<unknown, void, undefined> {
  let data: string[] = []
  for await (const line of lines(response)) {
    if (line === '') {
      if (data.length > 0) yield parsed(data.join('\n'))
      data = []
    } else if (line.startsWith('data:')) data.push(line.slice(line.startsWith('data: ') ? 6 : 5))
    else if (line === 'data') data.push('')
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
