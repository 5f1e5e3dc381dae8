import { createServer } from 'node:http'
import { built, host, port, ready } from './serve.mjs'

const server = built({
  hello: () =>
    createServer((request, response) => {
      if (request.url !== '/hello') return response.writeHead(404).end()
      const body = JSON.stringify({ message: 'Hello, World!' })
      response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) }).end(body)
    }),
})
server.listen(port, host, ready)
