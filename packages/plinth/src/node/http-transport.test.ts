import { Agent, request } from 'node:http'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { describe, expect, test, vi } from 'vitest'
import { nodeHttp } from './http-transport.ts'
import { http1 } from './http1/server.ts'

describe.each([
  ['node:http', nodeHttp],
  ['the engine', http1()],
] as const)('over %s', (_, transport) => {
  test('a GET that is answered at once keeps its connection', async () => {
    const listening = await transport.listen(() => ({ status: 200, headers: [], body: 'x' }), { port: 0 })
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const ask = (): Promise<{ reused: boolean }> =>
      new Promise((resolve, reject) => {
        const call = request(listening.url, { agent }, (answer) => {
          answer.resume().on('end', () => resolve({ reused: call.reusedSocket }))
        })
        call.on('error', reject).end()
      })
    try {
      expect(await ask()).toMatchObject({ reused: false })
      expect(await ask()).toMatchObject({ reused: true })
    } finally {
      agent.destroy()
      await listening.close(1000)
    }
  })

  test('a connection that was handed over is served, and waited for at close', async () => {
    const listening = await transport.listen(() => ({ status: 200, headers: ['connection', 'close'], body: 'x' }), { port: 0 })
    const accepted: Socket[] = []
    const door = createServer({ pauseOnConnect: true }, (socket) => {
      if (accepted.push(socket) === 1) listening.accept(socket)
      else done.then(() => listening.accept(socket), fail)
    })
    const fail = (error: unknown): never => {
      throw error
    }
    await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve))
    const { port } = door.address() as AddressInfo
    let closed = false
    const talk = (): Promise<string> =>
      new Promise((resolve) => {
        let text = ''
        const socket = connect(port, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n'))
        socket
          .setEncoding('utf8')
          .on('data', (it) => (text += it))
          .on('error', () => {})
          .on('close', () => resolve(text))
      })
    const first = talk()
    const done = first.then(() => listening.close(1_000)).then(() => (closed = true))
    expect(await first).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*x$/)
    expect(await talk()).toBe('')
    expect(closed).toBe(true)
    await new Promise((resolve) => door.close(resolve))
  })

  test('an answer that can not be written breaks its connection, warns, and leaves the server up', async () => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    const listening = await transport.listen((incoming) => ({ status: incoming.path === '/bad' ? 99 : 200, headers: [], body: 'x' }), {
      port: 0,
    })
    try {
      await expect(fetch(`${listening.url}/bad`)).rejects.toThrow('fetch failed')
      expect(String(warned.mock.calls[0]?.[0])).toContain('99')
      expect(await (await fetch(`${listening.url}/good`)).text()).toBe('x')
    } finally {
      warned.mockRestore()
      await listening.close(1000)
    }
  })
})
