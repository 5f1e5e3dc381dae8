import application from '../../packages/plinth/dist/testing/transport-fixture.js'

// The transport of node:http, on what other platforms have of node:http.
const running = await application.listen({ port: 0, hostname: '127.0.0.1', signals: false })
console.log(running.url)
