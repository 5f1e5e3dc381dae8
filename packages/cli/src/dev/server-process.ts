import { type ChildProcess, fork } from 'node:child_process'
import type { Socket } from 'node:net'
import type { FromServer, ToServer } from './protocol.ts'

/** How long a process that was told to close may take; what it holds open is drained far sooner. */
const END_MS = 3_000

export interface ServerProcessEvents {
  message(message: FromServer): void
  /** It ended without having been asked to. */
  ended(code: number | null, signal: NodeJS.Signals | null): void
}

/** One process that serves, from its start to its end. */
export class ServerProcess {
  readonly #child: ChildProcess
  readonly #exited: Promise<void>
  #warm: Promise<void>
  #isReady = false
  #retired = false

  /** `script` is what it runs: the built `child.js`. */
  constructor(script: string, entry: string, cwd: string, env: NodeJS.ProcessEnv, events: ServerProcessEvents) {
    // A debugger's port is the parent's already.
    const execArgv = process.execArgv.filter((it) => !it.startsWith('--inspect'))
    const child = (this.#child = fork(script, [entry], { cwd, env, execArgv }))
    this.#warm = new Promise((resolve) => {
      child.on('message', (message: FromServer) => {
        if (message.type === 'warm') return resolve()
        if (message.type === 'ready') this.#isReady = true
        if (!this.#retired) events.message(message)
      })
    })
    this.#exited = new Promise((resolve) => {
      child.once('error', () => resolve())
      child.once('exit', (code, signal) => {
        if (!this.#retired) events.ended(code, signal)
        resolve()
      })
    })
  }

  /** Lets it load the application, once it has loaded everything else. */
  async go(): Promise<void> {
    await this.#warm
    this.#send({ type: 'go' })
  }

  /** Gives it a connection from which nothing was read. */
  give(socket: Socket): void {
    this.#send({ type: 'connection' }, socket)
  }

  /** Resolves when it has ended. One that serves may finish what it has begun; one that does not is of no use any more. */
  async retire(): Promise<void> {
    this.#retired = true
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    if (this.#isReady) this.#send({ type: 'close' })
    else this.#child.kill('SIGKILL')
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), END_MS)
    await this.#exited
    clearTimeout(timer)
  }

  #send(message: ToServer, socket?: Socket): void {
    // It may end in this very moment; its exit is told elsewhere, and so is a connection that died with it.
    if (this.#child.connected) this.#child.send(message, socket, { keepOpen: false }, () => {})
    else socket?.destroy()
  }
}
