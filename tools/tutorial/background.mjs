import { spawn } from 'node:child_process'

const READY_MS = 60_000

/** A command that goes on: a server, whose output tells when it is ready. */
export class Background {
  #child
  #output = ''
  #ended
  #wake = () => {}

  constructor(command, options) {
    // A group of its own, as a terminal makes it: npx passes no signal on.
    this.#child = spawn('bash', ['-c', command], { ...options, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        this.#output += text
        this.#wake()
      })
    }
    this.#ended = new Promise((resolve) =>
      this.#child.on('close', (code) => {
        this.#output += `\n(ended with ${code})\n`
        this.#wake()
        resolve()
      }),
    )
  }

  get output() {
    return this.#output
  }

  /** How much it has said; what `says` looks at begins there. */
  get mark() {
    return this.#output.length
  }

  /** @throws {Error} when it ends, or a minute passes, before what it says matches. */
  async says(pattern, from = 0) {
    const deadline = Date.now() + READY_MS
    while (!pattern.test(this.#output.slice(from))) {
      const left = deadline - Date.now()
      if (left <= 0 || this.#output.includes('(ended with')) throw new Error(`it never said ${pattern}:\n${this.#output}`)
      await new Promise((resolve) => {
        const timer = setTimeout(resolve, left)
        this.#wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
  }

  /** As Ctrl+C does. */
  async stop() {
    try {
      process.kill(-this.#child.pid, 'SIGINT')
    } catch {
      // It has ended by itself.
    }
    await this.#ended
  }
}
