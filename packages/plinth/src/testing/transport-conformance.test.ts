import { describe, expect, test } from 'vitest'
import { transportCases } from './transport-cases.ts'
import { askAt, transportConformance } from './transport-conformance.ts'
import { equal, within } from './transport-expect.ts'
import application from './transport-fixture.ts'
import { certificate } from '../node/fixtures/certificate.ts'
import { Http2Client } from '../node/fixtures/http2-client.ts'
import { nodeHttp } from '../node/http-transport.ts'
import { http1 } from '../node/http1/server.ts'

transportConformance(
  'node:http',
  async () => {
    const built = await application.build({ mode: 'test' })
    const listening = await nodeHttp.listen(built.dispatch, { port: 0 })
    return {
      ask: askAt(listening.url),
      close: async () => {
        await listening.close(1_000)
        await built.close()
      },
    }
  },
  ['env', 'any-method'],
)

transportConformance(
  'HTTP/1.1 on node:net',
  async () => {
    const built = await application.build({ mode: 'test' })
    const listening = await http1().listen(built.dispatch, { port: 0 })
    return {
      ask: askAt(listening.url),
      close: async () => {
        await listening.close(1_000)
        await built.close()
      },
    }
  },
  ['env'],
)

transportConformance(
  'HTTP/2',
  async () => {
    const built = await application.build({ mode: 'test' })
    const tls = certificate()
    const listening = await http1().listen(built.dispatch, { port: 0, tls })
    const client = new Http2Client(listening.url, tls.cert)
    return {
      ask: client.ask,
      close: async () => {
        await listening.close(1_000)
        await client.close()
        await built.close()
      },
    }
  },
  ['env', 'plain'],
)

transportConformance(
  'the web handler',
  async () => {
    const built = await application.build({ mode: 'test' })
    const env = { GREETING: 'hello from the platform' }
    return { ask: (path, init) => built.fetch(new Request(`http://test.local${path}`, init), env), close: () => built.close() }
  },
  ['peer', 'port'],
)

describe('the suite itself', () => {
  test('has a name for each case', () => {
    expect(transportCases.length).toBeGreaterThanOrEqual(60)
  })

  test('fails a transport that answers anything else', async () => {
    const passed: string[] = []
    for (const { name, run } of transportCases) {
      if (/notes|client goes|once|behind/.test(name)) continue
      await within(
        5_000,
        run(() => Promise.resolve(new Response('{}', { status: 299 }))),
        name,
      ).then(
        () => passed.push(name),
        () => {},
      )
    }
    expect(passed).toEqual([])
  })

  test('its assertions say what they got', async () => {
    expect(() => equal([1], [2], 'the list')).toThrow('the list: got [1], wanted [2]')
    await expect(within(1, new Promise(() => {}), 'the answer')).rejects.toThrow('the answer: nothing within 1 ms')
  })
})
