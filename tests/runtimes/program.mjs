import { spawn } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const here = dirname(fileURLToPath(import.meta.url))

/** Asks a server at this address. */
export function askAt(base) {
  const root = base.replace(/\/$/, '')
  return (path, init) => fetch(root + path, init)
}

/** Starts a server as a process of its own and waits until it names its address. */
export function program(name, args, env = {}) {
  const child = spawn(join(here, 'node_modules/.bin', name), args, {
    cwd: here,
    env: { ...process.env, NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = new Promise((resolve) => child.on('close', resolve))
  return new Promise((resolve, reject) => {
    let said = ''
    const timer = setTimeout(() => fail('named no address within 30 s'), 30_000)
    const fail = (what) => {
      clearTimeout(timer)
      child.kill('SIGKILL')
      reject(new Error(`${name} ${args.join(' ')} ${what}\n${said}`))
    }
    child.on('error', (error) => fail(error.message))
    child.on('close', (code) => fail(`ended with ${code}`))
    const listen = (text) => {
      said += text
      const url = /https?:\/\/[\w.]+:(\d+)/.exec(said)
      if (!url) return
      clearTimeout(timer)
      resolve({
        ask: askAt(`http://127.0.0.1:${url[1]}`),
        close: () => {
          child.kill()
          return ended
        },
      })
    }
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', listen)
  })
}
