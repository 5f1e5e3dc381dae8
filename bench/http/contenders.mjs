import { fileURLToPath } from 'node:url'
import { bunProgram, compiled } from '../lib/native.mjs'
import { plinthBuilt } from '../lib/peers.mjs'

const source = (name) => fileURLToPath(new URL(`servers/${name}`, import.meta.url))
const node =
  (name, ...rest) =>
  (serve) => [process.execPath, source(`${name}.mjs`), serve, ...rest]

const bun = bunProgram()
const onBun = (name) => (serve) => [bun.file, source(`${name}.mjs`), serve]
const go = compiled(source('hello.go'), (file, from) => ['go', 'build', '-o', file, from])
const floor = compiled(source('floor.c'), (file, from) => ['cc', '-O2', '-o', file, from])

const always = () => true

/**
 * Who takes part. `available()` answers true, or why not; `command(serve)` is what to run for a shape's `serve`, which must print
 * `ready {"buildMs": …}` once it answers on 127.0.0.1:$PORT; `only` names the shapes that it has, when it doesn't have all.
 * `unchecked` is for what isn't a server at all: it answers everything alike, and so nothing is asked of it but its one answer.
 */
export const contenders = [
  {
    name: 'floor',
    title: 'C, epoll, no parsing',
    only: ['hello'],
    unchecked: true,
    available: floor.available,
    command: () => [floor.file],
  },
  { name: 'bun', title: 'Bun.serve', only: ['hello'], available: bun.available, command: onBun('bun') },
  { name: 'elysia', title: 'Elysia on Bun', available: bun.available, command: onBun('elysia') },
  {
    name: 'go',
    title: 'Go net/http',
    only: ['hello'],
    available: go.available,
    command: () => ['env', 'GOMAXPROCS=1', go.file],
  },
  { name: 'node-http', title: 'node:http', only: ['hello'], available: always, command: node('node-http') },
  { name: 'fastify', title: 'Fastify', available: always, command: node('fastify') },
  { name: 'hono', title: 'Hono', available: always, command: node('hono') },
  { name: 'express', title: 'Express', available: always, command: node('express') },
  { name: 'nest', title: 'NestJS on Fastify', available: always, command: node('nest') },
  { name: 'plinth', title: 'Plinth', available: plinthBuilt, command: node('plinth') },
  { name: 'plinth-node-http', title: 'Plinth on node:http', available: plinthBuilt, command: node('plinth', 'node:http') },
]
