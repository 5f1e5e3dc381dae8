import { spawn } from 'node:child_process'
import { onCore } from '../../../bench/lib/process.mjs'

const running = new Set()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130))

/**
 * A command of Node's in a process of its own, which says `says` once it answers. `died` resolves when it has ended, whoever ended it.
 * `core` binds it to a processor where that can be done.
 */
export async function startNode(args, env, { says = /^ready$/m, core } = {}) {
  const began = performance.now()
  const command = [process.execPath, ...args]
  const [file, ...rest] = core === undefined ? command : onCore(core, command)
  const child = spawn(file, rest, { env: { ...process.env, NODE_OPTIONS: '', ...env }, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
  running.add(child)
  let output = ''
  const died = new Promise((resolve) => {
    child.on('close', (code, signal) => {
      running.delete(child)
      resolve(signal ?? code)
    })
  })
  const until = (pattern) =>
    new Promise((resolve, reject) => {
      const look = () => {
        const found = pattern.exec(output)
        if (found) resolve(found)
      }
      look()
      child.stdout.on('data', look)
      child.stderr.on('data', look)
      void died.then((how) => reject(new Error(`the application ended (${how}) before it said ${pattern}:\n${output}`)))
    })
  const said = (chunk) => {
    output = (output + chunk).slice(-64_000)
  }
  child.stdout.on('data', said)
  child.stderr.on('data', said)
  // What was asked of a process that ends is not answered; who waits for it hears that it died.
  child.on('error', () => {})
  await until(says)
  return {
    pid: child.pid,
    startMs: performance.now() - began,
    died,
    until,
    get alive() {
      return child.exitCode === null && child.signalCode === null
    },
    get output() {
      return output
    },
    /** Sends a message to it and resolves with its answer. */
    ask(what) {
      return new Promise((resolve, reject) => {
        child.once('message', resolve)
        void died.then((how) => reject(new Error(`the application ended (${how}):\n${output}`)))
        child.send(what)
      })
    },
    async end(signal) {
      child.kill(signal)
      return died
    },
  }
}

/** An application: a script that says `ready`. */
export function startApp(script, env) {
  return startNode([script], env)
}
