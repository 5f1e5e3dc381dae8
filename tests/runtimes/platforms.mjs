// Each way of serving the one fixture application, with what it lacks and why; and the cases that are its own.
import { join } from 'node:path'
import { equal } from '../../packages/plinth/dist/testing/transport-expect.js'
import { fetchHandler, inExpress, nodeTransport, routeFile } from './on-node.mjs'
import { here, program } from './program.mjs'
import { worker } from './worker.mjs'

const fixture = join(here, '../../packages/plinth/dist/testing/transport-fixture.js')
const noEnv = { env: 'the platform passes no bindings' }
const noNetwork = { peer: 'there is no connection', port: 'there is no connection' }
const parser = { 'any-method': "the platform's own parser closes the connection" }

const json = async (answer) => [answer.status, await answer.json()]

/** `export default app()`, served by the platform as it is. */
const hello = [
  {
    name: 'text',
    run: async (ask) => {
      const answer = await ask('/')
      equal([answer.status, await answer.text()], [200, 'Hello, world'], 'answer')
    },
  },
  { name: 'JSON', run: async (ask) => equal(await json(await ask('/hello/J%C3%B6')), [200, { message: 'Hello Jö' }], 'answer') },
  {
    name: 'a schema',
    run: async (ask) => {
      const sum = (numbers) =>
        ask('/sum', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ numbers }) })
      equal(await json(await sum([1, 2.5])), [200, { sum: 3.5 }], 'fitting')
      equal((await sum(['x'])).status, 422, 'not fitting')
    },
  },
]

const express = [
  {
    name: "the host's headers stand beside ours, and its routes behind what we do not have",
    run: async (ask) => {
      const answer = await ask('/method')
      equal([answer.headers.get('x-host'), answer.headers.get('x-fixture'), await answer.text()], ['express', 'on', 'GET'], 'ours')
      equal(await (await ask('/behind')).text(), 'the host', 'behind')
    },
  },
]

/** Cases that ask the application for what its host does instead. */
const handedOn = /^a path without a route|^a path that does not decode|^doubled and trailing|^every body says|^headers of the application/
/** Cases about bytes that a parser has changed or refused before us. */
const parsedAway = /does not parse|gzip|content encoding|5 MB|without a length|a key that would reach|streams back/

export const platforms = [
  { name: 'node', about: 'app.listen() on Node', start: () => nodeTransport(), lacks: noEnv },
  { name: 'node-http', about: "transport: 'node:http'", start: () => nodeTransport('node:http'), lacks: { ...noEnv, ...parser } },
  { name: 'node-fetch', about: 'app.fetch in the process', start: fetchHandler, lacks: { ...noEnv, ...noNetwork } },
  {
    name: 'express',
    about: 'nodeHandler in Express 5',
    start: () => inExpress(false),
    lacks: { ...noEnv, ...parser },
    leaves: handedOn,
    own: express,
  },
  {
    name: 'express-parsed',
    about: 'behind express.json() and its like',
    start: () => inExpress(true),
    lacks: { ...noEnv, ...parser },
    leaves: new RegExp(`${handedOn.source}|${parsedAway.source}`),
    own: express,
  },
  {
    name: 'next',
    about: 'as a route file of Next.js is called',
    start: routeFile,
    lacks: { ...noEnv, ...noNetwork, 'any-method': 'Next.js answers methods that the file does not export' },
  },
  {
    name: 'bun',
    about: 'Bun.serve({ fetch: app.fetch })',
    start: () => program('bun', ['run', 'serve-bun.ts']),
    lacks: { ...noEnv, ...parser },
    own: [
      {
        name: 'a handler that is silent for longer than the idle timeout',
        run: async (ask) => equal(await (await ask('/life/pause/9000')).text(), '9000', 'answer'),
      },
    ],
  },
  { name: 'bun-default', about: 'bun run hello.ts', start: () => program('bun', ['run', 'hello.ts'], { PORT: '0' }), only: hello },
  {
    name: 'deno',
    about: 'Deno.serve(app.fetch)',
    start: () => program('deno', ['run', '--no-prompt', '--no-lock', '--allow-net', 'serve-deno.ts']),
    lacks: noEnv,
  },
  {
    name: 'deno-default',
    about: 'deno serve hello.ts',
    start: () => program('deno', ['serve', '--no-prompt', '--no-lock', '--host', '127.0.0.1', '--port', '0', 'hello.ts']),
    only: hello,
  },
  {
    name: 'bun-listen',
    about: 'app.listen() on Bun',
    start: () => program('bun', ['run', 'serve-listen.ts']),
    lacks: { ...noEnv, ...parser },
  },
  {
    name: 'deno-listen',
    about: 'app.listen() on Deno',
    start: () => program('deno', ['run', '--no-prompt', '--no-lock', '--allow-net', 'serve-listen.ts']),
    lacks: { ...noEnv, ...parser },
  },
  {
    name: 'workers',
    about: 'workerd, without nodejs_compat',
    start: () => worker(fixture),
    lacks: {
      port: 'the edge does not tell',
      latin: 'workerd writes header values as UTF-8',
      broken: 'workerd ends a failed stream as if it were whole',
      gone: 'workerd drops a request whose client has gone, without a word',
    },
  },
  {
    name: 'workers-default',
    about: 'hello.ts as a Worker',
    start: () => worker(join(here, 'hello.ts')),
    only: [
      ...hello,
      {
        name: 'what development opens is closed, though nothing sets NODE_ENV',
        run: async (ask) => equal([(await ask('/docs')).status, (await ask('/openapi.json')).status], [404, 404], 'statuses'),
      },
    ],
  },
]
