import { describe, expect, test } from 'vitest'
import { askRaw } from '../fixtures/raw-connection.ts'
import { http1, type Http1Options } from './server.ts'

const dispatch = (): { status: number; headers: string[]; body: string } => ({ status: 200, headers: [], body: 'ok' })

describe('the limits', () => {
  test('are those given, beside the default ones', async () => {
    const listening = await http1({ limits: { target: 20, fieldCount: 2, idleMs: undefined as never } }).listen(dispatch, { port: 0 })
    const status = async (target: string, more = ''): Promise<number> =>
      (await askRaw(listening.port, `GET ${target} HTTP/1.1\r\nHost: a\r\n${more}\r\n`)).status
    expect(await status(`/${'a'.repeat(19)}`)).toBe(200)
    expect(await status(`/${'a'.repeat(20)}`)).toBe(414)
    expect(await status('/', 'X: y\r\n')).toBe(200)
    expect(await status('/', 'X: y\r\nY: z\r\n')).toBe(431)
    await listening.close(1_000)
  })

  test.each<[unknown, string]>([
    [{ limits: { idle: 5 } }, 'http1: limits.idle is none; there are target, fieldLine'],
    [{ limits: { idleMs: '5s' } }, 'http1: limits.idleMs must be a number, 1 or more'],
    [{ limits: { idleMs: 0 } }, 'http1: limits.idleMs must be a number, 1 or more'],
    [{ limits: { bodyRate: -1 } }, 'http1: limits.bodyRate must be a number, 0 or more'],
    [{ limits: { pipelined: Number.NaN } }, 'http1: limits.pipelined must be a number, 1 or more'],
    [{ limits: null }, 'http1: limits must be an object, not null'],
    [{ refused: true }, 'http1: refused must be a function, not a boolean'],
    [null, 'http1: options must be an object, not null'],
  ])('%j are refused', (options, message) => {
    expect(() => http1(options as Http1Options)).toThrow(TypeError)
    expect(() => http1(options as Http1Options)).toThrow(message)
  })
})

test('who hears of refusals and throws is reported, and the client has its answer', async () => {
  const told: unknown[] = []
  const transport = http1({
    refused: (code, reason) => {
      told.push([code, reason])
      throw new Error('the counter is broken')
    },
  })
  const listening = await transport.listen(dispatch, { port: 0, report: ({ message }) => told.push(message) })
  expect((await askRaw(listening.port, 'GET /\r\n\r\n')).status).toBe(400)
  expect((await askRaw(listening.port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n')).status).toBe(200)
  expect(told).toEqual([['malformed-request', 'request line'], 'the counter is broken'])
  await listening.close(1_000)
})
