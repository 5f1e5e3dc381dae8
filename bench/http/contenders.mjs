import { fileURLToPath } from 'node:url'
import { plinthBuilt } from '../lib/peers.mjs'

const script = (name) => fileURLToPath(new URL(`servers/${name}.mjs`, import.meta.url))
const node = (name) => (serve) => [process.execPath, script(name), serve]

/**
 * Who takes part. `available()` answers true, or why not; `command(serve)` is what to run for a shape's `serve`, which must print
 * `ready {"buildMs": …}` once it answers on 127.0.0.1:$PORT; `only` names the shapes that it has, when it doesn't have all.
 */
export const contenders = [
  { name: 'node-http', title: 'node:http', only: ['hello'], available: () => true, command: node('node-http') },
  { name: 'fastify', title: 'Fastify', available: () => true, command: node('fastify') },
  { name: 'hono', title: 'Hono', available: () => true, command: node('hono') },
  { name: 'express', title: 'Express', available: () => true, command: node('express') },
  { name: 'nest', title: 'NestJS on Fastify', available: () => true, command: node('nest') },
  { name: 'plinth', title: 'Plinth', available: plinthBuilt, command: node('plinth') },
]
