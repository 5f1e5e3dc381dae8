// Load at a constant rate: request i is due at i / rate, whether or not those before it were answered, and its latency counts from
// then. A client that waits would ask less while the server is stuck, and so leave out just what is looked for.
import { connect } from 'node:net'

/** One connection, one request on it at a time. */
class Lane {
  #socket
  #pool
  #record
  #head = ''
  #left = -1
  #last = false

  constructor(port, pool) {
    this.#pool = pool
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true })
    this.opened = new Promise((resolve) => this.#socket.once('connect', resolve))
    this.#socket.on('data', (chunk) => this.#read(chunk))
    this.#socket.on('error', (error) => this.#broke(error.code))
    this.#socket.on('close', () => this.#broke('closed'))
  }

  send(record, bytes) {
    this.#record = record
    this.#socket.write(bytes)
  }

  close() {
    this.#socket.destroy()
  }

  #broke(why) {
    this.#pool.lost(this)
    const record = this.#record
    this.#record = undefined
    if (record === undefined) return
    record.error = why
    this.#pool.answered(record)
  }

  #read(chunk) {
    if (this.#left < 0) {
      this.#head += chunk.latin1Slice()
      const end = this.#head.indexOf('\r\n\r\n')
      if (end < 0) return
      const head = this.#head.slice(0, end + 2)
      if (this.#record === undefined) return this.#socket.destroy()
      this.#record.status = Number(head.slice(9, 12))
      this.#record.retryAfter = /\r\nretry-after: *\d/i.test(head)
      this.#last = /\r\nconnection: *close\r\n/i.test(head)
      this.#left = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? Number.NaN) - (this.#head.length - end - 4)
      this.#head = ''
    } else this.#left -= chunk.length
    if (this.#left > 0) return
    const record = this.#record
    this.#record = undefined
    // More than was announced, or an answer that does not say how long it is: nothing here sends such.
    if (this.#left !== 0) record.error = 'not the length that was announced'
    this.#left = -1
    if (this.#last) this.#socket.destroy()
    else this.#pool.free(this)
    this.#pool.answered(record)
  }
}

/** Sends requests at a rate, on as many connections as that takes, at most `connections`. */
export class Paced {
  #port
  #most
  #lanes = new Set()
  #free = []
  #left

  constructor(port, { connections = 512 } = {}) {
    this.#port = port
    this.#most = connections
  }

  /** Opens as many connections as there may be. */
  async open() {
    while (this.#lanes.size < this.#most) {
      const fresh = this.#made()
      await fresh.opened
      this.#free.push(fresh)
    }
  }

  /**
   * Gives a record of each request: `dueAt` on the clock of `performance`, `tookMs` since then, `status` (0 where no answer came, with
   * `error`), `retryAfter`. `bytes(i)` is the i-th. What has no answer `patienceMs` after the last was due is given up.
   */
  async run({ rate, seconds, bytes, patienceMs = 10_000 }) {
    const total = Math.round(rate * seconds)
    const records = []
    const began = performance.now() + 5
    let sent = 0
    await new Promise((resolve) => {
      let answered = 0
      this.#left = () => ++answered === total && resolve()
      const tick = () => {
        const now = performance.now()
        for (; sent < total && began + (sent * 1000) / rate <= now; sent++) {
          const lane = this.#lane()
          // With every connection busy the request waits here, and its latency grows meanwhile.
          if (lane === undefined) break
          const record = { dueAt: began + (sent * 1000) / rate, tookMs: 0, status: 0, retryAfter: false, error: undefined }
          records.push(record)
          lane.send(record, bytes(sent))
        }
        if (now > began + seconds * 1000 + patienceMs) resolve()
        // A spinning loop: timers wake up to a millisecond late, which is more than most answers take.
        else if (answered < total) setImmediate(tick)
      }
      tick()
    })
    this.#left = undefined
    for (const it of records) if (it.tookMs === 0) it.error ??= 'no answer'
    return records
  }

  #lane() {
    const lane = this.#free.pop()
    if (lane !== undefined || this.#lanes.size >= this.#most) return lane
    return this.#made()
  }

  #made() {
    const fresh = new Lane(this.#port, this)
    this.#lanes.add(fresh)
    return fresh
  }

  answered(record) {
    record.tookMs = performance.now() - record.dueAt
    this.#left?.()
  }

  free(lane) {
    this.#free.push(lane)
  }

  lost(lane) {
    this.#lanes.delete(lane)
    const at = this.#free.indexOf(lane)
    if (at !== -1) this.#free.splice(at, 1)
  }

  close() {
    for (const lane of this.#lanes) lane.close()
  }
}
