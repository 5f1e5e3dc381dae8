import { Agent, request } from 'node:http'
import { expect, test } from 'vitest'
import { nodeHttp } from './http-transport.ts'

test('a GET that is answered at once keeps its connection', async () => {
  const listening = await nodeHttp.listen(() => ({ status: 200, headers: [], body: 'x' }), { port: 0 })
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const ask = (): Promise<{ reused: boolean; connection: string | undefined }> =>
    new Promise((resolve, reject) => {
      const call = request(listening.url, { agent }, (answer) => {
        answer.resume().on('end', () => resolve({ reused: call.reusedSocket, connection: answer.headers.connection }))
      })
      call.on('error', reject).end()
    })
  try {
    expect(await ask()).toEqual({ reused: false, connection: 'keep-alive' })
    expect(await ask()).toEqual({ reused: true, connection: 'keep-alive' })
  } finally {
    agent.destroy()
    await listening.close(1000)
  }
})
