// What a generator is to do, in a form that a C program reads in twenty lines: `name number` each on a line of its own, and after
// `request <bytes>` the bytes of one request as they are sent, and a line end.

/**
 * The plan's numbers. `skipped` and `measured` count requests: those of the warm-up, and those whose answers are timed. `patience` is
 * how many seconds connections are waited for before the first request, and answers after the last.
 */
const numbers = ['port', 'rate', 'skipped', 'measured', 'connections', 'patience']

/** The bytes of a plan. `requests` are sent in turn, those of `warmup` seconds first, which aren't measured. */
export function planOf({ port, requests, rate, seconds, warmup, connections, patience = 5 }) {
  const [skipped, measured] = [Math.round(rate * warmup), Math.max(1, Math.round(rate * seconds))]
  const values = { port, rate, skipped, measured, connections, patience }
  const parts = [Buffer.from(numbers.map((name) => `${name} ${values[name]}\n`).join(''))]
  for (const request of requests) {
    const bytes = bytesOf(request, port)
    parts.push(Buffer.from(`request ${bytes.length}\n`), bytes, Buffer.from('\n'))
  }
  return Buffer.concat(parts)
}

function bytesOf({ method, path, headers, body }, port) {
  const fields = { Host: `127.0.0.1:${port}`, ...headers, ...(body === undefined ? {} : { 'Content-Length': Buffer.byteLength(body) }) }
  const head = Object.entries(fields)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')
  return Buffer.from(`${method} ${path} HTTP/1.1\r\n${head}\r\n${body ?? ''}`)
}

/** The numbers of a plan, and its requests as bytes. Throws on what is none. */
export function readPlan(bytes) {
  const plan = { requests: [] }
  for (let at = 0; at < bytes.length;) {
    const end = bytes.indexOf('\n', at)
    const [, name, text] = /^(\w+) (\d+)$/.exec(bytes.latin1Slice(at, end < 0 ? bytes.length : end)) ?? []
    const value = Number(text)
    at = end + 1
    if (name === 'request' && at + value < bytes.length) {
      plan.requests.push(bytes.subarray(at, at + value))
      at += value + 1
    } else if (numbers.includes(name) && end >= 0) plan[name] = value
    else throw new Error('not a plan')
  }
  return plan
}
