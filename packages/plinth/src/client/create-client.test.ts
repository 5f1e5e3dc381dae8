import { afterAll, beforeAll, describe, expect, expectTypeOf, test } from 'vitest'
import { core, file, problem, type Running, sse, t } from '../app/index.ts'
import { createClient, ProblemError, type ServerEvent } from './index.ts'

const Upload = t.Object({ title: t.String(), attachment: t.File(), tags: t.Optional(t.Array(t.String())) })

const api = core()
  .get('/text', () => 'Hé')
  .get(
    '/users/:id',
    { params: t.Object({ id: t.Integer() }), reply: { 200: t.Object({ id: t.Integer() }), 404: problem('not-found') } },
    ({ params }) => {
      if (params.id === 404) throw problem('not-found', undefined, { detail: 'No such user' })
      return { id: params.id }
    },
  )
  .get('/echo/:name', ({ params, query }) => ({ params, query }))
  .get('/optional/:a?', ({ params }) => ({ params }))
  .get('/files/*path', ({ params }) => ({ params }))
  .post('/json', { body: t.Object({ at: t.Date() }) }, ({ body }) => ({ at: body.at, year: body.at.getUTCFullYear() }))
  .post('/upload', { body: Upload }, async ({ body }) => ({
    title: body.title,
    tags: body.tags,
    text: new TextDecoder().decode(await body.attachment.arrayBuffer()),
  }))
  .post('/bytes', { body: 'bytes' }, ({ body }) => ({ size: body.byteLength }))
  .put('/text', { body: 'text' }, ({ body }) => body.length)
  .delete('/users/:id', { reply: { 204: null } }, () => null)
  .get('/headers', ({ headers }) => ({ token: headers['x-token'], accept: headers['accept'] }))
  .get('/events', async function* () {
    yield { n: 1 }
    yield sse({ event: 'named', id: '7', data: { n: 2 } })
    yield { text: 'two\nlines é' }
  })
  .head('/only-head', ({ setHeader }) => {
    setHeader('x-own', '1')
    return null
  })
  .get('/named', async function* () {
    yield sse({ event: 'started', id: '1', data: { at: new Date(0) } })
    yield { n: 1 }
    yield sse({ id: '2' })
    yield sse({ id: '3', data: 'text\nof two lines' })
  })
  .get('/endless', async function* ({ signal }) {
    for (let n = 0; !signal.aborted; n++) {
      yield { n }
      await new Promise((done) => setTimeout(done, 1))
    }
  })
  .get('/response', () => new Response(new Uint8Array([1, 2, 3]), { headers: { 'content-type': 'image/x-test' } }))
  .get('/file', () => file(new URL(import.meta.url).pathname))
  .get('/proxy', () => new Response('<h1>502</h1>', { status: 502, headers: { 'content-type': 'text/html' } }))
  .get('/cut', () => new Response('{"title":', { status: 500, headers: { 'content-type': 'application/problem+json' } }))

let running: Running
beforeAll(async () => {
  running = await api.listen(0, { signals: false })
})
afterAll(() => running.close())
const client = (): ReturnType<typeof createClient<typeof api>> => createClient<typeof api>(running.url)

describe('a call', () => {
  test('gives the data by its media type', async () => {
    expect(await client().get('/text')).toBe('Hé')
    expect(await client().get('/users/:id', { params: { id: 7 } })).toEqual({ id: 7 })
    expect(await client().delete('/users/:id', { params: { id: 7 } })).toBeNull()
    const response = await client().get('/response')
    expect([...new Uint8Array(await response.arrayBuffer())]).toEqual([1, 2, 3])
  })

  test('encodes parameters as one segment and arrays as repeated keys', async () => {
    const name = 'a/b?c#d é%2F'
    const answer = await client().get('/echo/:name', { params: { name }, query: { tag: ['x', 'y & z'], none: undefined, n: 1 } } as never)
    expect(answer).toEqual({ params: { name }, query: { tag: ['x', 'y & z'], n: '1' } })
    expect(await client().get('/files/*path', { params: { path: 'a b/c' } })).toEqual({ params: { path: 'a b/c' } })
    expect(await client().get('/optional/:a?', {})).toEqual({ params: {} })
  })

  test('refuses parameters that are missing or that a URL parser would resolve away', async () => {
    await expect(client().get('/echo/:name', {} as never)).rejects.toThrow("The parameter 'name' of /echo/:name is missing")
    await expect(client().get('/echo/:name', { params: { name: '..' } })).rejects.toThrow("can't be '.' or '..'")
    await expect(client().get('/files/*path', { params: { path: 'a/../b' } })).rejects.toThrow("can't be '.' or '..'")
  })

  test('sends JSON, text, bytes, streams and forms with files', async () => {
    expect(await client().post('/json', { body: { at: '2026-03-01T10:00:00Z' } })).toEqual({ at: '2026-03-01T10:00:00.000Z', year: 2026 })
    expect(await client().put('/text', { body: 'abc' })).toBe(3)
    expect(await client().post('/bytes', { body: new Uint8Array(5) })).toEqual({ size: 5 })
    expect(await client().post('/bytes', { body: new Blob(['abcd']).stream() as never })).toEqual({ size: 4 })
    const attachment = new File(['content'], 'x.txt', { type: 'text/plain' })
    const uploaded = await client().post('/upload', { body: { title: 'T', attachment, tags: ['a', 'b'] } })
    expect(uploaded).toEqual({ title: 'T', tags: ['a', 'b'], text: 'content' })
  })

  test('carries common headers, asked anew each time, below its own', async () => {
    let count = 0
    const counted = createClient<typeof api>(`${running.url}/`, { headers: async () => ({ 'x-token': `t${++count}` }) })
    expect(await counted.get('/headers')).toMatchObject({ token: 't1' })
    expect(await counted.get('/headers')).toMatchObject({ token: 't2' })
    expect(await counted.get('/headers', { headers: { 'x-token': 'mine', accept: 'text/x' } })).toEqual({ token: 'mine', accept: 'text/x' })
  })

  test('can be aborted', async () => {
    const controller = new AbortController()
    const call = client().get('/text', { signal: controller.signal })
    controller.abort()
    await expect(call).rejects.toThrow(/abort/i)
  })

  test('uses the fetch it is given', async () => {
    const seen: string[] = []
    const own = createClient<typeof api>('https://api.test', {
      credentials: 'include',
      fetch: async (request) => {
        seen.push(`${request.method} ${request.url} ${request.credentials}`)
        return new Response('ok')
      },
    })
    expect(await own.get('/text')).toBe('ok')
    expect(seen).toEqual(['GET https://api.test/text include'])
  })
})

describe('events', () => {
  test('come as they are yielded, named ones by their data', async () => {
    const seen: unknown[] = []
    for await (const event of await client().get('/events')) seen.push(event)
    expect(seen).toEqual([{ n: 1 }, { n: 2 }, { text: 'two\nlines é' }])
  })

  test('come whole from events: data, name and id, typed by what is yielded', async () => {
    const seen: ServerEvent<unknown>[] = []
    for await (const it of (await client().get('/named')).events) {
      expectTypeOf(it).toEqualTypeOf<ServerEvent<{ at: string } | { n: number } | string>>()
      seen.push(it)
    }
    expect(seen).toEqual([
      { event: 'started', id: '1', data: { at: '1970-01-01T00:00:00.000Z' } },
      { event: 'message', id: '1', data: { n: 1 } },
      { event: 'message', id: '3', data: 'text\nof two lines' },
    ])
    const lines: ServerEvent<unknown>[] = []
    for await (const it of (await client().get('/events', { headers: { accept: 'application/x-ndjson' } })).events) lines.push(it)
    expect(lines[1]).toEqual({ event: 'message', id: '', data: { n: 2 } })
  })

  test.each([
    [
      'event: a\ndata\n\ndata: 2\n\n',
      [
        { event: 'a', id: '', data: '' },
        { event: 'message', id: '', data: 2 },
      ],
    ],
    [
      'id: 1\ndata:1\nid: 2\n\nid\ndata: 3\n\n',
      [
        { event: 'message', id: '2', data: 1 },
        { event: 'message', id: '', data: 3 },
      ],
    ],
    ['id: a\0b\nretry: 5\n: note\nother: x\ndata:  1 \n\n', [{ event: 'message', id: '', data: 1 }]],
    ['event: lost\n\ndata: 1\n\n', [{ event: 'message', id: '', data: 1 }]],
  ])('are read as HTML §9.2.6 has it: %j', async (text, expected) => {
    const given = new Response(text, { headers: { 'content-type': 'text/event-stream' } })
    const own = createClient<typeof api>('https://api.test', { fetch: () => Promise.resolve(given) })
    const seen: unknown[] = []
    for await (const event of (await own.get('/events')).events) seen.push(event)
    expect(seen).toEqual(expected)
  })

  test('come as NDJSON when asked for', async () => {
    const seen: unknown[] = []
    for await (const event of await client().get('/events', { headers: { accept: 'application/x-ndjson' } })) seen.push(event)
    expect(seen).toEqual([{ n: 1 }, { n: 2 }, { text: 'two\nlines é' }])
  })

  test.each([
    ['data: 1\n\ndata: {"cut":\n', [1]],
    ['data: 1\r\rdata: 2\r', [1]],
    ['data: 1\n\ndata: 2\n\n', [1, 2]],
  ])('that were cut off are dropped (HTML §9.2.6): %j', async (text, expected) => {
    const cut = new Response(text, { headers: { 'content-type': 'text/event-stream' } })
    const own = createClient<typeof api>('https://api.test', { fetch: () => Promise.resolve(cut) })
    const seen: unknown[] = []
    for await (const event of await own.get('/events')) seen.push(event)
    expect(seen).toEqual(expected)
  })

  test('as NDJSON need no line break after the last', async () => {
    const lines = new Response('1\n\n2', { headers: { 'content-type': 'application/x-ndjson' } })
    const own = createClient<typeof api>('https://api.test', { fetch: () => Promise.resolve(lines) })
    const seen: unknown[] = []
    for await (const event of await own.get('/events')) seen.push(event)
    expect(seen).toEqual([1, 2])
  })

  test('end at the server when the loop is left', async () => {
    const seen: unknown[] = []
    for await (const event of await client().get('/endless')) {
      seen.push(event)
      if (seen.length === 3) break
    }
    expect(seen).toEqual([{ n: 0 }, { n: 1 }, { n: 2 }])
  })
})

describe('HEAD', () => {
  test('gives the headers of whatever GET takes', async () => {
    const headers = await client().head('/users/:id', { params: { id: 7 } })
    expect([headers.get('content-type'), headers.get('content-length')]).toEqual(['application/json; charset=utf-8', '8'])
    expect((await client().head('/only-head')).get('x-own')).toBe('1')
    expect(await client().try.head('/text')).toMatchObject({ ok: true, status: 200, data: null })
  })

  test('that fails is told by its status', async () => {
    await expect(client().head('/users/:id', { params: { id: 404 } })).rejects.toMatchObject({ name: 'ProblemError', status: 404 })
    expect(await client().try.head('/users/:id', { params: { id: 404 } })).toMatchObject({
      ok: false,
      status: 404,
      problem: { status: 404 },
    })
  })
})

describe('an answer that is no success', () => {
  test('is thrown with its problem', async () => {
    const error = await client()
      .get('/users/:id', { params: { id: 404 } })
      .catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(ProblemError)
    expect(error).toMatchObject({ status: 404, code: 'not-found', message: 'No such user', problem: { title: 'There is nothing here' } })
  })

  test('is a result for those who try', async () => {
    expect(await client().try.get('/users/:id', { params: { id: 404 } })).toMatchObject({
      ok: false,
      status: 404,
      problem: { code: 'not-found' },
    })
    expect(await client().try.get('/users/:id', { params: { id: 1 } })).toMatchObject({ ok: true, status: 200, data: { id: 1 } })
  })

  test('is told by its status when it is not ours, or cut off', async () => {
    await expect(client().get('/proxy')).rejects.toMatchObject({ status: 502, code: undefined })
    await expect(client().get('/cut')).rejects.toMatchObject({ status: 500, code: undefined })
  })

  test('is not confused with a network that fails', async () => {
    await expect(createClient<typeof api>('http://127.0.0.1:1').get('/text')).rejects.not.toBeInstanceOf(ProblemError)
  })
})
