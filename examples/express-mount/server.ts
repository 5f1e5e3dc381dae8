import { createServer, type Server } from 'node:http'
import express from 'express'
import type { Mode } from 'plinth'
import { nodeHandler } from 'plinth/node'
import api from './api.ts'

/** The Express application that was there before, with Plinth below `/api`. Whoever listens closes both. */
export async function makeServer(mode?: Mode): Promise<{ readonly server: Server; close(): Promise<void> }> {
  // Built before anything listens: what is wrong keeps the server from starting, instead of failing its first request.
  const built = await api.build(mode === undefined ? {} : { mode })
  const host = express()
  host.disable('x-powered-by')
  host.use((_request, response, next) => {
    response.setHeader('x-served-by', 'express')
    next()
  })
  // Before express.json(), so that bodies are read under the limits of the API. What it has no route for goes on to Express.
  host.use('/api', nodeHandler(built, { passThrough: true }))
  host.use(express.json())
  host.get('/', (_request, response) => void response.send('The old pages'))
  host.get('/api/legacy', (_request, response) => void response.json({ moved: false }))
  host.post('/echo', (request, response) => void response.json(request.body))

  const server = createServer(host)
  return {
    server,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeIdleConnections()
      await closed
      await built.close()
    },
  }
}

if (process.argv[1] === import.meta.filename) {
  const { server, close } = await makeServer()
  const port = Number(process.env['PORT'] ?? 3000)
  server.listen(port, '127.0.0.1', () => console.log(`http://127.0.0.1:${port}, the API below /api, its page at /api/docs`))
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void close())
}
