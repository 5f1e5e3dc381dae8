import { describe, expect, test } from 'vitest'
import { BootError, core } from '../app/index.ts'
import { askRaw } from './fixtures/raw-connection.ts'
import { nodeHttp } from './http-transport.ts'
import { transportFor, transportOf } from './transports.ts'

/** Of a method that the platform's parser does not know. */
async function answerTo(transport?: 'http1' | 'node:http'): Promise<number> {
  await using running = await core({ mode: 'test' }).listen({ port: 0, ...(transport && { transport }) })
  return (await askRaw(running.port, 'BREW / HTTP/1.1\r\nHost: a\r\n\r\n')).status
}

describe('the transport', () => {
  test('is the engine on Node, the other where it is named', async () => {
    expect([await answerTo(), await answerTo('http1'), await answerTo('node:http')]).toEqual([501, 501, 400])
  })

  test('is that of node:http on Bun and Deno, which say that they are Node too', async () => {
    expect(await transportFor({ bun: '1.2.0' })).toBe(nodeHttp)
    expect(await transportFor({ deno: '2.1.0' })).toBe(nodeHttp)
    expect(await transportFor({})).not.toBe(nodeHttp)
  })

  test('that is passed is used', async () => {
    const asked: unknown[] = []
    const transport = {
      listen: (_: unknown, { port }: { readonly port?: number }) => {
        asked.push(port)
        return Promise.resolve({ url: 'http://elsewhere', port: 1, close: () => Promise.resolve() })
      },
    }
    await using running = await core({ mode: 'test' }).listen({ port: 7, transport })
    expect([running.url, asked]).toEqual(['http://elsewhere', [7]])
  })

  test.each([
    ['http2', 'The transport "http2" is none'],
    ['', 'The transport "" is none'],
    [null, 'The transport given to listen is none'],
    [{ listen: true }, 'The transport given to listen is none'],
  ])('%j is refused with what would be right', async (given, message) => {
    const refused = core({ mode: 'test' }).listen({ port: 0, transport: given as never })
    await expect(refused).rejects.toThrow(BootError)
    await expect(refused).rejects.toThrow(message)
    await expect(refused).rejects.toThrow("write 'http1' or 'node:http', or pass an object with listen(dispatch, options)")
    await expect(transportOf(given as never)).rejects.toThrow(message)
  })
})
