// Run as a process of its own, on the load generator's core: `node open-loop.mjs <plan.json>`.
//
// Request i is due at start + i / rate whether or not earlier ones were answered, and its latency counts from then. A closed
// loop would send less while the server is stuck and so leave out of the figures just what they are for (coordinated omission).
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'

const { port, requests, rate, seconds, warmup, connections } = JSON.parse(readFileSync(process.argv[2], 'utf8'))

const bytes = requests.map(({ method, path, headers, body }) => {
  const fields = { Host: `127.0.0.1:${port}`, ...headers, ...(body === undefined ? {} : { 'Content-Length': Buffer.byteLength(body) }) }
  const head = Object.entries(fields)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')
  return Buffer.from(`${method} ${path} HTTP/1.1\r\n${head}\r\n${body ?? ''}`)
})

const skipped = Math.round(rate * warmup)
const total = skipped + Math.round(rate * seconds)
const dueAt = (index) => began + (index * 1000) / rate
const latencies = new Float64Array(total - skipped)
let began = 0
let sent = 0
let answered = 0
let worstLag = 0

function fail(message) {
  console.error(message)
  process.exit(1)
}

/** One connection, one request on it at a time. What the generator reads of an answer: its status and its length. */
class Lane {
  #socket
  #index = -1
  #left = 0
  #head = ''

  open() {
    return new Promise((resolve) => {
      this.#socket = connect({ port, host: '127.0.0.1', noDelay: true }, resolve)
      this.#socket.on('data', (chunk) => this.#read(chunk))
      this.#socket.on('error', (error) => fail(`a connection failed: ${error.message}`))
      this.#socket.on('close', () => answered < total && fail('the server closed a connection'))
    })
  }

  send(index) {
    this.#index = index
    this.#socket.write(bytes[index % bytes.length])
  }

  #read(chunk) {
    if (this.#left > 0) {
      this.#left -= chunk.length
    } else {
      this.#head += chunk.latin1Slice()
      const end = this.#head.indexOf('\r\n\r\n')
      if (end < 0) return
      const length = /\r\ncontent-length: *(\d+)/i.exec(this.#head)
      if (!this.#head.startsWith('HTTP/1.1 2') || length === null) fail(`not an answer to measure: ${this.#head.slice(0, 300)}`)
      this.#left = Number(length[1]) - (this.#head.length - end - 4)
      this.#head = ''
    }
    if (this.#left > 0) return
    if (this.#left < 0) fail('an answer is longer than it says')
    if (this.#index >= skipped) latencies[this.#index - skipped] = performance.now() - dueAt(this.#index)
    free.push(this)
    if (++answered === total) report()
  }
}

const free = []
const lanes = Array.from({ length: connections }, () => new Lane())
await Promise.all(lanes.map((lane) => lane.open()))
free.push(...lanes)

// A spinning loop: timers wake up to a millisecond late, which is more than most answers take. The core is the generator's own.
function tick() {
  const now = performance.now()
  while (sent < total && dueAt(sent) <= now) {
    const lane = free.pop()
    // With every connection busy the request waits here, and its latency grows meanwhile.
    if (lane === undefined) break
    if (sent >= skipped) worstLag = Math.max(worstLag, now - dueAt(sent))
    lane.send(sent++)
  }
  if (answered < total) setImmediate(tick)
}

function report() {
  const took = performance.now() - began
  latencies.sort()
  const at = (share) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))]
  console.log(
    JSON.stringify({ rate: (answered * 1000) / took, p50: at(0.5), p90: at(0.9), p99: at(0.99), p999: at(0.999), max: at(1), worstLag }),
  )
  process.exit(0)
}

began = performance.now() + 10
tick()
