import { host, port, ready, shape } from './serve.mjs'

if (shape !== 'hello') throw new Error(`this server has no shape ${shape}`)

Bun.serve({
  port,
  hostname: host,
  fetch(request) {
    if (new URL(request.url).pathname !== '/hello') return new Response(null, { status: 404 })
    return Response.json({ message: 'Hello, World!' })
  },
})
ready()
