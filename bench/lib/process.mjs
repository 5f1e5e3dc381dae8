import { spawn, spawnSync } from 'node:child_process'
import { createServer } from 'node:net'

export const SERVER_CORE = 0
export const LOAD_CORE = 1

const pinned = spawnSync('taskset', ['-V']).status === 0

/** The command that runs `command` on one core; unchanged where `taskset` is missing. */
export function onCore(core, command) {
  return pinned ? ['taskset', '-c', String(core), ...command] : command
}

export function isPinned() {
  return pinned
}

/** A port that nothing listens on right now. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.on('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address()
      probe.close(() => resolve(port))
    })
  })
}

const running = new Set()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130))

/** Starts a process on a core with a production environment. `output` collects what it writes, for error messages. */
export function start(core, command, env = {}) {
  const [file, ...args] = onCore(core, command)
  const child = spawn(file, args, {
    env: { ...process.env, NODE_ENV: 'production', NODE_OPTIONS: '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.add(child)
  child.output = ''
  const collect = (chunk) => {
    child.output = (child.output + chunk).slice(-4000)
  }
  child.stdout.on('data', collect)
  child.stderr.on('data', collect)
  child.ended = new Promise((resolve) => {
    child.on('close', (code) => {
      running.delete(child)
      resolve(code)
    })
    child.on('error', (error) => {
      running.delete(child)
      collect(error.message)
      resolve(1)
    })
  })
  return child
}

export async function stop(child) {
  child.kill('SIGTERM')
  const late = setTimeout(() => child.kill('SIGKILL'), 3000)
  await child.ended
  clearTimeout(late)
}

/** Starts a contender's server and waits for its line `ready {"buildMs":…}`. Throws with what it printed if it ends first. */
export async function startServer(command, env = {}) {
  const port = await freePort()
  const child = start(SERVER_CORE, command, { ...env, PORT: String(port) })
  const ready = await new Promise((resolve, reject) => {
    const look = () => {
      const line = /^ready (\{.*\})$/m.exec(child.output)
      if (line) resolve(JSON.parse(line[1]))
    }
    child.stdout.on('data', look)
    child.ended.then((code) => reject(new Error(`${command.join(' ')} ended with ${code} before it was ready:\n${child.output}`)))
  })
  child.stdout.removeAllListeners('data')
  child.stdout.resume()
  return { child, pid: child.pid, port, url: `http://127.0.0.1:${port}`, ...ready, stop: () => stop(child) }
}
