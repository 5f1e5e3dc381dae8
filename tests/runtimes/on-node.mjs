import { createServer } from 'node:http'
import express from 'express'
import { nodeHandler } from 'plinth/node'
import { nextHandlers } from 'plinth/next'
import application from '../../packages/plinth/dist/testing/transport-fixture.js'
import { askAt } from './program.mjs'

export async function nodeTransport(transport) {
  const running = await application.listen({ port: 0, hostname: '127.0.0.1', signals: false, transport })
  return { ask: askAt(running.url), close: () => running.close() }
}

export function fetchHandler() {
  return { ask: (path, init) => application.fetch(new Request(`http://test.local${path}`, init)), close: () => {} }
}

export function routeFile() {
  const handlers = nextHandlers(application, { basePath: '/api' })
  return {
    ask: (path, init) =>
      handlers[init?.method ?? 'GET'](new Request(`http://test.local/api${path}`, init), { params: Promise.resolve({}) }),
    close: () => {},
  }
}

/** In Express 5 below a path, behind a middleware that sets headers; with `parsers` behind Express's own body parsers too. */
export async function inExpress(parsers) {
  const host = express()
  host.use((_request, response, next) => {
    response.setHeader('x-host', 'express')
    next()
  })
  if (parsers)
    host.use(express.json({ limit: '10mb' }), express.urlencoded({ extended: true }), express.text(), express.raw({ limit: '10mb' }))
  host.use('/api', nodeHandler(application, { passThrough: true }))
  host.get('/api/behind', (_request, response) => void response.send('the host'))
  const server = createServer(host)
  await new Promise((done) => server.listen(0, '127.0.0.1', done))
  return {
    ask: askAt(`http://127.0.0.1:${server.address().port}/api`),
    close: () =>
      new Promise((done) => {
        server.close(done)
        server.closeAllConnections()
      }),
  }
}
