import { connect } from 'node:net'

/** So many connections are opened at once: more than a server's queue holds would be refused by the system. */
const AT_ONCE = 128

/** A connection whose bytes are said one by one. Nothing is retried, nothing hidden. */
export class Wire {
  socket
  received = ''
  /** When the other side's end or reset came; 0 before. */
  endedAt = 0
  /** The code of the error that ended it, or `undefined`. */
  error
  openedAt = 0
  #waiting = new Set()

  constructor(port, { read = true } = {}) {
    this.socket = connect({ port, host: '127.0.0.1', noDelay: true })
    this.closed = new Promise((resolve) => this.socket.once('close', resolve))
    this.opened = new Promise((resolve, reject) => {
      this.socket.once('connect', () => {
        this.openedAt = performance.now()
        resolve(this)
      })
      this.socket.once('error', reject)
    })
    this.opened.catch(() => {})
    this.socket.on('error', (error) => {
      this.error = error.code
      this.#ended()
    })
    this.socket.on('end', () => this.#ended())
    if (read) this.socket.on('data', (chunk) => this.#heard(chunk))
  }

  #ended() {
    if (this.endedAt === 0) this.endedAt = performance.now()
    this.#look()
  }

  #heard(chunk) {
    this.received += chunk.latin1Slice()
    this.#look()
  }

  #look() {
    for (const look of this.#waiting) look()
  }

  /** Resolves with whether `test` of what was received came true before the end, or before `ms` were over. */
  until(test, ms = 30_000) {
    return new Promise((resolve) => {
      const done = (value) => {
        clearTimeout(late)
        this.#waiting.delete(look)
        resolve(value)
      }
      const look = () => {
        if (test(this.received)) done(true)
        else if (this.endedAt > 0) done(false)
      }
      const late = setTimeout(() => done(false), ms)
      this.#waiting.add(look)
      look()
    })
  }

  /** Resolves with whether the other side ended it within `ms`. */
  ended(ms = 30_000) {
    return this.until(() => this.endedAt > 0, ms)
  }

  write(bytes) {
    this.socket.write(bytes)
    return this
  }

  reset() {
    this.socket.resetAndDestroy()
    return this.closed
  }

  close() {
    this.socket.destroy()
    return this.closed
  }
}

/** `count` open connections. */
export async function wires(port, count, options) {
  const all = []
  while (all.length < count) {
    const some = Array.from({ length: Math.min(AT_ONCE, count - all.length) }, () => new Wire(port, options))
    all.push(...(await Promise.all(some.map((it) => it.opened))))
  }
  return all
}

/** A request without a body. */
export function get(path, fields = '') {
  return `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${fields}\r\n`
}

/** Whether the text ends with a whole answer that announces its length. */
export function isAnswered(text) {
  const end = text.indexOf('\r\n\r\n')
  if (end === -1) return false
  const length = /\r\ncontent-length: *(\d+)/i.exec(text.slice(0, end + 2))
  return length !== null && text.length >= end + 4 + Number(length[1])
}

export function statusOf(text) {
  return Number(/^HTTP\/1\.1 (\d{3}) /.exec(text)?.[1] ?? 0)
}
