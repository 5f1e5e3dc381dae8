import { createServer } from 'node:http'

createServer((request, response) => {
  if (request.url !== '/hello') return response.writeHead(404).end()
  response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify({ message: 'Hello, World!' }))
}).listen(Number(process.env.PORT), '127.0.0.1')
