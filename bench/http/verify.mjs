import { Agent, request as send } from 'node:http'
import { isDeepStrictEqual } from 'node:util'
import { headerSets, headersOf } from './shapes.mjs'

// node:http and not fetch: fetch refuses to send Connection, Referer and Cookie as they are.
function answer(agent, url, { method, path, body }, headers) {
  return new Promise((resolve, reject) => {
    const call = send(
      url + path,
      { method, headers: body === undefined ? headers : { ...headers, 'Content-Length': Buffer.byteLength(body) }, agent },
      (reply) => {
        const chunks = []
        reply.on('data', (chunk) => chunks.push(chunk))
        reply.on('error', reject)
        reply.on('end', () =>
          resolve({
            status: reply.statusCode,
            closes: reply.headers.connection === 'close',
            type: reply.headers['content-type'] ?? '',
            text: Buffer.concat(chunks).toString(),
          }),
        )
      },
    )
    call.on('error', reject)
    call.setTimeout(10_000, () => call.destroy(new Error(`no answer to ${method} ${path} in 10 s`)))
    call.end(body)
  })
}

function json(text) {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Throws what a contender answers wrongly of a shape at `url`, unless it does its work. */
export async function verify({ title, unchecked = false }, url, shape) {
  const wrong = await wrongAnswers(url, unchecked ? { ...shape, checks: [] } : shape)
  if (wrong.length > 0) throw new Error(`${title} doesn't do the work of ${shape.name}:\n  ${wrong.join('\n  ')}`)
}

async function wrongAnswers(url, shape) {
  const wrong = []
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  for (const set of Object.keys(headerSets)) {
    for (const request of [...shape.requests.filter((_, at) => at % 97 === 0), ...shape.checks]) {
      const { status, type, text, closes } = await answer(agent, url, request, headersOf(request, set))
      const where = `${request.method} ${request.path} (${set} headers)`
      if (![request.status].flat().includes(status))
        wrong.push(`${where}: ${status} where ${request.status} is right: ${text.slice(0, 200)}`)
      else if (request.expected !== undefined && !isDeepStrictEqual(json(text), request.expected))
        wrong.push(`${where}: ${text.slice(0, 200)} where ${JSON.stringify(request.expected).slice(0, 200)} is right`)
      else if (request.expected !== undefined && !/^application\/json\b/.test(type))
        wrong.push(`${where}: content type ${type || 'missing'}`)
      // Under load it would be the cost of connections that is measured.
      else if (request.expected !== undefined && closes) wrong.push(`${where}: closes the connection`)
    }
  }
  agent.destroy()
  return wrong
}
