import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Incoming } from '../contract.ts'
import { file } from './file.ts'
import { fromEvents } from './from-events.ts'
import { fromFile } from './from-file.ts'
import { Problem } from './problem.ts'

const request = (headers: Record<string, string> = {}): Incoming =>
  ({ method: 'GET', header: (name: string) => headers[name] }) as unknown as Incoming

describe('a file as an answer', () => {
  let root = ''
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'answers-'))
    await writeFile(join(root, 'a.txt'), 'hello')
    await utimes(join(root, 'a.txt'), 1_700_000_000, 1_700_000_000)
  })
  afterAll(() => rm(root, { recursive: true, force: true }))

  test('its own headers win over those of the route, and Vary is joined', async () => {
    const route = ['cache-control', 'no-store', 'vary', 'origin', 'x-frame-options', 'DENY', 'x-content-type-options', 'nosniff']
    const answer = await fromFile(file('a.txt', { root, cache: 'max-age=60' }), request(), route)
    expect(answer.status).toBe(200)
    expect(new TextDecoder().decode(answer.body as Uint8Array)).toBe('hello')
    expect(answer.header('cache-control')).toBe('max-age=60')
    expect(answer.header('vary')).toBe('origin, accept-encoding')
    expect(answer.header('x-frame-options')).toBe('DENY')
    expect(answer.headers.filter((name) => name === 'x-content-type-options')).toHaveLength(1)
  })

  test('a part of it, and nothing new', async () => {
    expect((await fromFile(file('a.txt', { root }), request({ range: 'bytes=1-2' }), [])).status).toBe(206)
    expect(await fromFile(file('a.txt', { root }), request({ 'if-none-match': '*' }), [])).toMatchObject({ status: 304, body: null })
  })

  test('what is not there, not as expected, or out of reach is a problem', async () => {
    const failure = async (path: string, headers: Record<string, string> = {}): Promise<Problem> => {
      const error: unknown = await fromFile(file(path, { root }), request(headers), []).catch((it: unknown) => it)
      if (error instanceof Problem) return error
      throw new Error('no problem was thrown')
    }
    expect((await failure('missing.txt')).status).toBe(404)
    expect((await failure('../a.txt')).status).toBe(404)
    expect((await failure('a.txt', { 'if-match': '"x"' })).status).toBe(412)
    expect(await failure('a.txt', { range: 'bytes=9-' })).toMatchObject({ status: 416, headers: { 'content-range': 'bytes */5' } })
  })
})

describe('events as an answer', () => {
  async function* events(): AsyncGenerator<number> {
    yield 1
  }

  test('server-sent events by default', async () => {
    const answer = fromEvents(events(), request(), ['vary', 'origin'], () => {})
    expect(answer.header('content-type')).toBe('text/event-stream; charset=utf-8')
    expect(answer.header('cache-control')).toBe('no-cache, no-transform')
    expect(answer.header('vary')).toBe('origin, accept')
    expect(await new Response(answer.body as ReadableStream).text()).toBe('data: 1\n\n')
  })

  test('NDJSON for who prefers it', async () => {
    const answer = fromEvents(events(), request({ accept: 'application/x-ndjson' }), [], () => {})
    expect(answer.header('content-type')).toBe('application/x-ndjson')
    expect(await new Response(answer.body as ReadableStream).text()).toBe('1\n')
  })

  test('a failure is told', async () => {
    const told: unknown[] = []
    const failing: AsyncIterable<number> = { [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error('broken')) }) }
    const answer = fromEvents(failing, request(), [], (error) => told.push(error))
    await expect(new Response(answer.body as ReadableStream).text()).rejects.toThrow('broken')
    expect(told).toEqual([new Error('broken')])
  })
})
