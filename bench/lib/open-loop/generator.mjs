// What generator.c does, for machines that can't compile it: `node generator.mjs <plan>`, the same plan and the same report. It sends
// some 20,000 requests a second on one core, where the other sends 100,000. What is not explained here is explained there.
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { waitedForCore } from '../cpu.mjs'
import { atShare } from '../stats.mjs'
import { readPlan } from './plan.mjs'

const { port, requests, rate, skipped, measured, connections, patience } = readPlan(readFileSync(process.argv[2]))
const total = skipped + measured
const dueAt = (index) => began + (index * 1000) / rate
const latencies = []
const lags = []
const counts = { asked: rate, sent: 0, answered: 0, unanswered: 0, non2xx: 0, errors: 0 }
let why = ''
let began = 0
let next = 0
let settled = 0
let lastAnswer = 0
let did = false

function fail(message) {
  console.error(message)
  process.exit(1)
}

function failed(what) {
  counts.errors++
  why ||= what
}

/** One connection, one request on it at a time. */
class Lane {
  #socket
  #head = ''
  #left = -1
  #status = 0
  #closes = false
  /** The request that it carries; -1 when it is free, since `freed`. */
  request = -1
  freed = 0
  open = false
  /** Not connected when it was tried: tried again at once it would be refused again. */
  dead = false

  connect() {
    return new Promise((resolve) => {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true }, () => {
        this.open = true
        this.#release()
        resolve()
      })
      this.#socket = socket
      socket.on('data', (chunk) => socket === this.#socket && this.#read(chunk))
      socket.on('error', (error) => socket === this.#socket && !this.open && failed(`a connection failed: ${error.message}`))
      socket.on('close', () => {
        if (socket !== this.#socket) return
        this.dead = !this.open
        if (this.dead) resolve()
        else if (this.request >= 0) this.#lose('closed before it had answered')
        else this.#reopen()
      })
    })
  }

  #release() {
    this.request = -1
    this.freed = performance.now()
    free.push(this)
  }

  #reopen() {
    this.open = false
    this.#socket.destroy()
    void this.connect()
  }

  #lose(what) {
    failed(what)
    settled++
    this.request = -1
    this.#reopen()
  }

  send(index) {
    this.request = index
    this.#head = ''
    this.#left = -1
    this.#socket.write(requests[index % requests.length])
  }

  #read(chunk) {
    if (this.request < 0) {
      failed('sent what it was not asked for')
      this.#reopen()
      return
    }
    if (this.#left > 0) this.#left -= chunk.length
    else {
      this.#head += chunk.latin1Slice()
      const end = this.#head.indexOf('\r\n\r\n')
      if (end < 0) return
      const head = this.#head.slice(0, end)
      this.#status = Number(/^HTTP\/1\.1 ([2-5]\d\d)/.exec(head)?.[1])
      const length = this.#status === 204 ? 0 : Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1])
      this.#closes = /\r\nconnection: close/i.test(head)
      this.#left = length - (this.#head.length - end - 4)
      if (!(this.#status > 0 && this.#left >= 0)) {
        this.#lose('an answer without an end: neither Content-Length nor 204, or more than was announced')
        return
      }
    }
    if (this.#left < 0) this.#lose('an answer is longer than its Content-Length')
    else if (this.#left === 0) this.#finish()
  }

  #finish() {
    lastAnswer = performance.now()
    did = true
    settled++
    if (this.request >= skipped) {
      counts.answered++
      latencies.push(lastAnswer - dueAt(this.request))
    }
    if (this.#status > 299) {
      counts.non2xx++
      why ||= `answered with ${this.#status}`
    }
    if (!this.#closes) this.#release()
    else {
      this.request = -1
      this.#reopen()
    }
  }
}

/** Lanes in the order in which they became free; those that closed meanwhile are passed over. */
const free = []
function takeFree() {
  for (;;) {
    const lane = free.shift()
    if (lane === undefined || (lane.open && lane.request < 0)) return lane
  }
}

let idle = 0
let before = 0
let end = 0

function tick() {
  const now = performance.now()
  while (next < total && dueAt(next) <= now) {
    const lane = takeFree()
    if (lane === undefined) break
    if (next >= skipped) {
      counts.sent++
      lags.push(now - Math.max(dueAt(next), lane.freed))
    }
    lane.send(next++)
    did = true
  }
  if (!did) idle += now - before
  before = now
  did = false
  if (settled === total || now > end || lanes.every(({ dead }) => dead)) report(now)
  else setImmediate(tick)
}

function report(now) {
  const waiting = [...lanes.map((lane) => lane.request), ...Array.from({ length: total - next }, (_, at) => next + at)]
  for (const request of waiting) {
    if (request < skipped || dueAt(request) >= now) continue
    counts.unanswered++
    latencies.push(now - dueAt(request))
  }
  const micros = (sorted, permille) => Math.round(atShare(sorted, permille) * 1e6) / 1e3
  const times = Float64Array.from(latencies).sort()
  const lag = Float64Array.from(lags).sort()
  const of = { p50: 500, p90: 900, p99: 990, p999: 999, max: 1000 }
  console.log(
    JSON.stringify({
      rate: (counts.answered * 1000) / Math.max(lastAnswer - dueAt(skipped), 1e-3),
      ...counts,
      why,
      ...Object.fromEntries(Object.entries(of).map(([name, permille]) => [name, micros(times, permille)])),
      lagP99: micros(lag, 990),
      lagMax: micros(lag, 1000),
      idle: idle / (now - started),
      starved: (waitedForCore('self') - waitedBefore) / 1000 / (now - started),
    }),
  )
  process.exit(0)
}

const lanes = Array.from({ length: connections }, () => new Lane())
const late = setTimeout(() => fail('not connected: no answer'), patience * 1000)
await Promise.all(lanes.map((lane) => lane.connect()))
clearTimeout(late)
if (why !== '') fail(`not connected: ${why}`)

const waitedBefore = waitedForCore('self')
const started = performance.now()
before = started
began = started + 10
end = dueAt(total) + patience * 1000
tick()
