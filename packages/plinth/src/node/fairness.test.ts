import { AsyncLocalStorage } from 'node:async_hooks'
import { describe, expect, test } from 'vitest'
import { core } from '../app/index.ts'
import { RawConnection } from './fixtures/raw-connection.ts'

const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`

// What one request does must not be felt by another.
describe.each(['http1', 'node:http'] as const)('over %s', (transport) => {
  test('a stream that never waits leaves others their turns', async () => {
    let inTurn = 0
    let most = 0
    const turns = setInterval(() => (inTurn = 0), 0)
    await using running = await core({ mode: 'test' })
      .get('/', () => {
        let left = 200_000
        return new ReadableStream<Uint8Array>({
          pull(controller) {
            most = Math.max(most, ++inTurn)
            if (left-- === 0) controller.close()
            else controller.enqueue(Buffer.from('abc'))
          },
        })
      })
      .listen({ port: 0, transport })
    const answer = await fetch(running.url)
    let received = 0
    for await (const chunk of answer.body as unknown as AsyncIterable<Uint8Array>) received += chunk.byteLength
    clearInterval(turns)
    expect(received).toBe(600_000)
    expect(most).toBeLessThan(10_000)
  }, 30_000)

  test.runIf(transport === 'http1')('what a stream gave before it failed reaches the client', async () => {
    await using running = await core({ mode: 'test' })
      .get('/', () => {
        let given = 0
        return new ReadableStream<Uint8Array>({
          pull(controller) {
            if (++given > 3) throw new Error('no more')
            controller.enqueue(Buffer.from(`part ${given};`))
          },
        })
      })
      .listen({ port: 0, transport })
    const client = await new RawConnection(running.port).opened()
    await client.send(get('/')).end()
    expect(client.received).toMatch(/part 1;[^]*part 2;[^]*part 3;\r\n$/)
  })

  test('a server is closed only when what its clients broke off is recorded', async () => {
    for (let round = 0; round < 5; round++) {
      const sent: unknown[] = []
      const running = await core({ mode: 'test' })
        .on('sent', ({ delivered }) => void sent.push(delivered))
        .get('/', () => new ReadableStream<Uint8Array>({ pull: (controller) => controller.enqueue(Buffer.from('abc')) }))
        .listen({ port: 0, transport })
      const client = await new RawConnection(running.port).opened()
      await client.send(get('/')).until('abc')
      client.reset()
      await running.close()
      expect(sent).toEqual([false])
    }
  })

  test('the asynchronous context of a request ends with it, also where the next one was sent with its body', async () => {
    const storage = new AsyncLocalStorage<string>()
    const seen: unknown[] = []
    let began: () => void = () => {}
    const beginning = new Promise<void>((done) => (began = done))
    let go: () => void = () => {}
    const gate = new Promise<void>((done) => (go = done))
    await using running = await core({ mode: 'test' })
      .post('/', { bodyLimit: 1_000_000 }, (ctx) =>
        storage.run('of the first', async () => {
          began()
          await gate
          const { byteLength } = await ctx.rawBody()
          return { byteLength }
        }),
      )
      .get('/', () => {
        seen.push(storage.getStore())
        return 'second'
      })
      .listen({ port: 0, transport })
    const client = await new RawConnection(running.port).opened()
    const length = 180_000
    client.send(
      `POST / HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nContent-Length: ${length}\r\n\r\n${'x'.repeat(length)}${get('/')}`,
    )
    await beginning
    // By then the server has read what it takes of a body that nobody wants yet.
    const other = await new RawConnection(running.port).opened()
    for (let i = 0; i < 4; i++) await other.send(`HEAD / HTTP/1.1\r\nHost: a\r\n\r\n`).answer(1_000, true)
    other.destroy()
    seen.length = 0
    go()
    expect(JSON.parse((await client.answer()).body)).toEqual({ byteLength: length })
    expect((await client.answer()).body).toBe('second')
    expect(seen).toEqual([undefined])
    client.destroy()
  })
})
