import application from '../../packages/plinth/dist/testing/transport-fixture.js'

// As impatient as Bun can be: what a handler or a stream needs beyond that, the application must have asked for.
const server = Bun.serve({ port: 0, hostname: '127.0.0.1', idleTimeout: 1, fetch: application.fetch })
console.log(server.url.href)
