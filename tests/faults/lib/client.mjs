import { Agent, request } from 'node:http'

/** Asks one server over connections that stay open; what can't be sent or is not answered in time is an answer too. */
export class Client {
  #agent
  #port
  #timeoutMs

  constructor(port, { connections = 64, timeoutMs = 10_000 } = {}) {
    this.#port = port
    this.#timeoutMs = timeoutMs
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections })
  }

  /** `status` is 0 where no answer came, then `error` says why; `tookMs` counts until the end of the answer. */
  ask(method, path, value) {
    const began = performance.now()
    return new Promise((resolve) => {
      const done = (answer) => resolve({ began, tookMs: performance.now() - began, ...answer })
      const body = value === undefined ? undefined : JSON.stringify(value)
      const headers = body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
      const call = request({ host: '127.0.0.1', port: this.#port, method, path, headers, agent: this.#agent }, (reply) => {
        const chunks = []
        reply.on('data', (chunk) => chunks.push(chunk))
        reply.on('error', (error) => done({ status: 0, error: error.message }))
        reply.on('end', () => done({ status: reply.statusCode, text: Buffer.concat(chunks).toString() }))
      })
      call.on('error', (error) => done({ status: 0, error: error.message }))
      call.setTimeout(this.#timeoutMs, () => call.destroy(new Error('no answer in time')))
      call.end(body)
    })
  }

  close() {
    this.#agent.destroy()
  }
}

export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]
}

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/** Numbers from 0 to 1 that a seed decides. */
export function random(seed) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let it = Math.imul(state ^ (state >>> 15), 1 | state)
    it = (it + Math.imul(it ^ (it >>> 7), 61 | it)) ^ it
    return ((it ^ (it >>> 14)) >>> 0) / 2 ** 32
  }
}
