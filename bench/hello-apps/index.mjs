import { get } from 'node:http'
import { fileURLToPath } from 'node:url'
import { plinthBuilt } from '../lib/peers.mjs'
import { SERVER_CORE, freePort, start, stop } from '../lib/process.mjs'

const app = (name) => [process.execPath, fileURLToPath(new URL(`${name}.mjs`, import.meta.url))]

/** The smallest application of each, as its users write it: GET /hello answers one JSON object. */
export const helloApps = [
  { name: 'node-http', title: 'node:http', available: () => true, command: app('node-http') },
  { name: 'fastify', title: 'Fastify', available: () => true, command: app('fastify') },
  { name: 'hono', title: 'Hono', available: () => true, command: app('hono') },
  { name: 'express', title: 'Express', available: () => true, command: app('express') },
  { name: 'nest', title: 'NestJS on Fastify', available: () => true, command: app('nest') },
  { name: 'plinth', title: 'Plinth', available: plinthBuilt, command: app('plinth') },
]

function ask(port) {
  return new Promise((resolve, reject) => {
    const call = get({ port, host: '127.0.0.1', path: '/hello', agent: false }, (reply) => {
      let text = ''
      reply.setEncoding('utf8')
      reply.on('data', (chunk) => (text += chunk))
      reply.on('error', reject)
      reply.on('end', () => resolve({ status: reply.statusCode, text }))
    })
    call.on('error', reject)
  })
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/**
 * Starts an app and asks until it answers. `ms` is from the start of the process to the end of the first answer.
 * Asking again costs the app nothing: a refused connection is the kernel's work.
 */
export async function firstAnswer({ title, command }) {
  const port = await freePort()
  const began = performance.now()
  const child = start(SERVER_CORE, command, { PORT: String(port) })
  let ended = false
  child.ended.then(() => (ended = true))
  for (;;) {
    try {
      const { status, text } = await ask(port)
      const ms = performance.now() - began
      if (status !== 200 || JSON.parse(text).message !== 'Hello, World!')
        throw new WrongAnswer(`${title} answered ${status}: ${text.slice(0, 200)}`)
      return { ms, pid: child.pid, stop: () => stop(child) }
    } catch (error) {
      const failure = error instanceof WrongAnswer ? error.message : ended ? `${title} ended before it answered` : undefined
      if (failure !== undefined || performance.now() - began > 30_000) {
        await stop(child)
        throw new Error(`${failure ?? `${title} didn't answer in 30 s`}\n${child.output}`, { cause: error })
      }
      await pause(1)
    }
  }
}

class WrongAnswer extends Error {}
