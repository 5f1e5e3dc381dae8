import application from '../../packages/plinth/dist/testing/transport-fixture.js'

// Without a transport named: what other platforms have of node:http.
const running = await application.listen({ port: 0, hostname: '127.0.0.1', signals: false })
console.log(running.url)
