import application from '../../packages/plinth/dist/testing/transport-fixture.js'

Deno.serve({ port: 0, hostname: '127.0.0.1', onListen: ({ port }) => console.log(`http://127.0.0.1:${port}/`) }, application.fetch)
