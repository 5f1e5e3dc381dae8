import { Transform } from 'node:stream'
import { promisify } from 'node:util'
import zlib from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { type Built, core, module, problem } from '../app/index.ts'
import { compression, type CompressionOptions, compressionWith } from './compression.ts'
import { encodingsOf, type Zlib } from './encoder.ts'
import { type Answered, ask as send } from './fixtures/ask.ts'

const LONG = 'plinth é '.repeat(500)
const BYTES = new TextEncoder().encode(LONG)
const encoder = new TextEncoder()

function streamOf(...chunks: Uint8Array[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const it of chunks) controller.enqueue(it)
      controller.close()
    },
  })
}

const typed = (type: string, more: { [name: string]: string } = {}): ResponseInit => ({ headers: { 'content-type': type, ...more } })

function built(middleware = compression()): Promise<Built> {
  return core()
    .use(middleware)
    .get('/text', () => LONG)
    .get('/json', () => ({ long: LONG }))
    .get('/short', () => 'short')
    .get('/empty', () => null)
    .get('/tagged', (ctx) => ctx.reply(200, LONG, { etag: '"abc"', 'content-length': String(BYTES.byteLength) }))
    .get('/weak', (ctx) => ctx.reply(200, LONG, { etag: 'W/"abc"' }))
    .get('/image', () => new Response(BYTES, typed('image/png')))
    .get('/encoded', () => new Response(BYTES, typed('text/plain', { 'content-encoding': 'deflate' })))
    .get('/kept', (ctx) => ctx.reply(200, LONG, { 'cache-control': 'private, no-transform' }))
    .get('/part', (ctx) => ctx.reply(206, LONG, { 'content-range': 'bytes 0-1/2' }))
    .get('/digest', (ctx) => ctx.reply(200, LONG, { 'repr-digest': 'sha-256=:x:' }))
    .get('/untyped', () => new Response(streamOf(BYTES)))
    .get('/stream', () => new Response(streamOf(BYTES, new Uint8Array(0), BYTES), typed('text/csv')))
    .get('/announced', () => new Response(streamOf(encoder.encode('short')), typed('text/plain', { 'content-length': '5' })))
    .get('/fails', () => {
      throw problem(404, LONG)
    })
    .build({ mode: 'test' })
}

function ask(app: Built, path: string, accept: string | null = 'gzip', method = 'GET'): Promise<Answered> {
  return send(app, path, { method, headers: accept === null ? {} : { 'accept-encoding': accept } })
}

const decoders: { [coding: string]: (bytes: Uint8Array) => Promise<Buffer> } = {
  gzip: promisify<Uint8Array, Buffer>(zlib.gunzip),
  br: promisify<Uint8Array, Buffer>(zlib.brotliDecompress),
  identity: async (bytes) => Buffer.from(bytes),
}

async function decoded(answer: Answered): Promise<string> {
  const bytes = new Uint8Array(await new Response(answer.body as BodyInit).arrayBuffer())
  const text = await (decoders[answer.header('content-encoding') ?? 'identity'] as (bytes: Uint8Array) => Promise<Buffer>)(bytes)
  return text.toString()
}

describe('negotiation', () => {
  test.each<[string | null, string | undefined]>([
    ['gzip', 'gzip'],
    ['gzip, deflate, br', 'br'],
    ['br;q=0.5, gzip;q=0.8', 'gzip'],
    ['br;q=0, gzip', 'gzip'],
    ['*', 'br'],
    ['x-gzip', 'gzip'],
    ['GZIP', 'gzip'],
    ['identity, gzip;q=0.5', undefined],
    ['gzip;q=0', undefined],
    ['identity;q=0, deflate', undefined],
    ['*;q=0', undefined],
    ['deflate', undefined],
    ['', undefined],
    [null, undefined],
  ])('%j is answered with %s', async (accept, coding) => {
    // Without zstd, which newer versions of Node have, so that the test says the same everywhere.
    const answer = await ask(await built(compression({ encodings: ['br', 'gzip'] })), '/text', accept)
    expect(answer.header('content-encoding')).toBe(coding)
    expect(answer.header('vary')).toBe('Accept-Encoding')
    expect(await decoded(answer)).toBe(LONG)
  })

  test('our order decides among equals', async () => {
    expect((await ask(await built(compression({ encodings: ['gzip', 'br'] })), '/text', 'br, gzip')).header('content-encoding')).toBe(
      'gzip',
    )
  })
})

describe('what is compressed', () => {
  test('text, JSON and streams of them, whole', async () => {
    const app = await built()
    expect(await decoded(await ask(app, '/text'))).toBe(LONG)
    expect(JSON.parse(await decoded(await ask(app, '/json')))).toEqual({ long: LONG })
    expect(await decoded(await ask(app, '/stream'))).toBe(LONG + LONG)
    for (const path of ['/text', '/json', '/stream']) expect((await ask(app, path)).header('content-encoding')).toBe('gzip')
  })

  test.each(['/short', '/empty', '/image', '/kept', '/part', '/digest', '/untyped', '/announced', '/fails', '/nowhere'])(
    'not %s; Vary stands there too',
    async (path) => {
      const answer = await ask(await built(), path)
      expect(answer.header('content-encoding')).toBeUndefined()
      expect(answer.header('vary')).toBe('Accept-Encoding')
      await (answer.body instanceof ReadableStream ? answer.body.cancel() : undefined)
    },
  )

  test('not what is encoded already', async () => {
    expect((await ask(await built(), '/encoded')).header('content-encoding')).toBe('deflate')
  })

  test('the threshold is in bytes and can be chosen', async () => {
    const at = async (threshold: number, length: number): Promise<string | undefined> => {
      const app = await core()
        .use(compression({ threshold }))
        .get('/', () => 'é'.repeat(length / 2))
        .get('/bytes', () => new Response(streamOf(new Uint8Array(length)), typed('text/plain')))
        .build({ mode: 'test' })
      return (await ask(app, '/')).header('content-encoding')
    }
    expect([await at(1024, 1022), await at(1024, 1024), await at(0, 2)]).toEqual([undefined, 'gzip', 'gzip'])
  })

  test('bytes below the threshold stay as they are', async () => {
    const app = await core()
      .use(compression())
      .get('/few', (ctx) => ctx.reply(200, new Uint8Array(10), { 'content-type': 'text/plain' }))
      .get('/many', (ctx) => ctx.reply(200, BYTES, { 'content-type': 'text/plain' }))
      .build({ mode: 'test' })
    expect((await ask(app, '/few')).header('content-encoding')).toBeUndefined()
    expect(await decoded(await ask(app, '/many'))).toBe(LONG)
  })
})

describe('headers', () => {
  test('a strong ETag becomes weak, a length that no longer holds goes', async () => {
    const app = await built()
    const answer = await ask(app, '/tagged')
    expect([answer.header('etag'), answer.header('content-length')]).toEqual(['W/"abc"', undefined])
    expect((await ask(app, '/weak')).header('etag')).toBe('W/"abc"')
    expect((await ask(app, '/tagged', null)).header('etag')).toBe('"abc"')
  })

  test('HEAD says what GET would, without a length and without the work', async () => {
    const app = await built()
    for (const path of ['/text', '/stream', '/tagged']) {
      const answer = await ask(app, path, 'gzip', 'HEAD')
      expect([path, answer.body, answer.header('content-encoding'), answer.header('content-length')]).toEqual([
        path,
        null,
        'gzip',
        undefined,
      ])
    }
    expect((await ask(app, '/short', 'gzip', 'HEAD')).header('content-length')).toBe('5')
    for (const [length, coding] of [
      ['5000', 'gzip'],
      ['500', undefined],
      [undefined, undefined],
    ] as const) {
      const lengthOnly = await core()
        .use(compression())
        .head('/', () => new Response(null, typed('text/plain', length === undefined ? {} : { 'content-length': length })))
        .build({ mode: 'test' })
      const answer = await ask(lengthOnly, '/', 'gzip', 'HEAD')
      expect([answer.header('content-encoding'), answer.header('content-length')]).toEqual([coding, coding ? undefined : length])
    }
  })

  test('a module compresses its own answers alone', async () => {
    const app = await core()
      .use(
        module('packed')
          .use(compression())
          .get('/a', () => LONG),
      )
      .get('/b', () => LONG)
      .build({ mode: 'test' })
    expect((await ask(app, '/a')).header('content-encoding')).toBe('gzip')
    expect((await ask(app, '/b')).header('content-encoding')).toBeUndefined()
  })
})

describe('streams', () => {
  test.each(['gzip', 'br'] as const)('each event arrives when it is sent, in %s', async (coding) => {
    let send: (text: string) => void = () => {}
    let close: () => void = () => {}
    const source = new ReadableStream<Uint8Array>({
      start(controller) {
        send = (text) => controller.enqueue(encoder.encode(text))
        close = () => controller.close()
      },
    })
    const app = await core()
      .use(compression())
      .get('/', () => new Response(source, typed('text/event-stream')))
      .build({ mode: 'test' })
    const answer = await ask(app, '/', coding)
    const reader = (answer.body as ReadableStream<Uint8Array>).getReader()
    const inflate = coding === 'gzip' ? zlib.createGunzip() : zlib.createBrotliDecompress()
    const seen: string[] = []
    let arrived: (() => void) | undefined
    inflate.on('data', (piece: Buffer) => {
      seen.push(piece.toString())
      arrived?.()
    })
    for (const text of ['data: 1\n\n', 'data: 2\n\n']) {
      send(text)
      const whole = new Promise<void>((resolve) => {
        arrived = () => {
          if (seen.join('').endsWith(text)) resolve()
        }
      })
      while (!seen.join('').endsWith(text)) {
        const { value } = await reader.read()
        inflate.write(value)
        await new Promise((resolve) => inflate.flush(() => resolve(undefined)))
        await Promise.race([whole, new Promise((resolve) => setImmediate(resolve))])
      }
    }
    close()
    for (let step = await reader.read(); !step.done; step = await reader.read()) inflate.write(step.value)
    inflate.end()
    expect(seen.join('')).toBe('data: 1\n\ndata: 2\n\n')
  })

  test('a large one comes through whole, and is read no faster than its reader asks', async () => {
    let pulled = 0
    const chunk = crypto.getRandomValues(new Uint8Array(65_536))
    const source = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          if (pulled++ < 32) controller.enqueue(chunk.slice())
          else controller.close()
        },
      },
      { highWaterMark: 0 },
    )
    const app = await core()
      .use(compression())
      .get('/', () => new Response(source, typed('text/plain')))
      .build({ mode: 'test' })
    const answer = await ask(app, '/')
    expect(pulled).toBe(0)
    const [first, second] = (answer.body as ReadableStream<Uint8Array>).tee()
    const reader = first.getReader()
    await reader.read()
    expect(pulled).toBeLessThan(4)
    void reader.cancel()
    const whole = await decoders['gzip']?.(new Uint8Array(await new Response(second as BodyInit).arrayBuffer()))
    expect(whole?.byteLength).toBe(32 * 65_536)
    expect(whole?.subarray(31 * 65_536).equals(chunk)).toBe(true)
  })

  test('who stops reading stops the source; a source that fails fails the answer', async () => {
    let cancelled: unknown
    const sources = [
      new ReadableStream<Uint8Array>({ pull: (it) => it.enqueue(BYTES), cancel: (reason) => void (cancelled = reason) }),
      new ReadableStream<Uint8Array>({
        pull: (it) => {
          it.error(new Error('the disk is gone'))
        },
      }),
    ]
    const app = await core()
      .use(compression())
      .get('/', () => new Response(sources.shift() as ReadableStream, typed('text/plain')))
      .build({ mode: 'test' })
    const reader = ((await ask(app, '/')).body as ReadableStream<Uint8Array>).getReader()
    await reader.read()
    await reader.cancel('enough')
    expect(cancelled).toBe('enough')
    const failing = ((await ask(app, '/')).body as ReadableStream<Uint8Array>).getReader()
    await expect(failing.read()).rejects.toThrow('the disk is gone')
  })
})

describe('platforms', () => {
  test('without zlib whole bodies leave as gzip, streams as they are, since they could not be flushed', async () => {
    const app = await built(compressionWith({}, null))
    const answer = await ask(app, '/text', 'br, gzip')
    expect(answer.header('content-encoding')).toBe('gzip')
    expect(await decoded(answer)).toBe(LONG)
    const stream = await ask(app, '/stream')
    expect(stream.header('content-encoding')).toBeUndefined()
    expect(await decoded(stream)).toBe(LONG + LONG)
  })

  test('zstd comes first where the platform has it', async () => {
    // Stands in for newer versions of Node: what it is given, and that what comes out is what is sent.
    const given: object[] = []
    const fake = {
      ...zlib,
      constants: { ...zlib.constants, ZSTD_e_flush: 1, ZSTD_c_compressionLevel: 100 },
      zstdCompress: (_: Uint8Array, options: object, done: (error: null, bytes: Uint8Array) => void) => {
        given.push(options)
        done(null, encoder.encode('zstd'))
      },
      createZstdCompress: (options: object) => {
        given.push(options)
        return zlib.createGzip({ flush: zlib.constants.Z_SYNC_FLUSH })
      },
    }
    expect(encodingsOf(fake as unknown as Zlib)).toEqual(['zstd', 'br', 'gzip'])
    const app = await built(compressionWith({}, fake as unknown as Zlib))
    const answer = await ask(app, '/text', 'gzip, br, zstd')
    expect([answer.header('content-encoding'), new TextDecoder().decode(answer.body as Uint8Array)]).toEqual(['zstd', 'zstd'])
    const stream = await ask(app, '/stream', 'zstd')
    await new Response(stream.body as BodyInit).arrayBuffer()
    expect([stream.header('content-encoding'), given]).toEqual(['zstd', [{ params: { 100: 3 } }, { params: { 100: 3 }, flush: 1 }]])
  })

  test('a coding that fails is an unexpected error, not a broken body', async () => {
    const broken = { ...zlib, gzip: (_: unknown, __: unknown, done: (error: Error) => void) => done(new Error('no memory')) }
    const app = await built(compressionWith({ encodings: ['gzip'] }, broken as unknown as Zlib))
    expect((await ask(app, '/text')).status).toBe(500)
  })

  test('a coding that fails in a stream fails the answer, and ends nothing else', async () => {
    const engine = (): Transform => new Transform({ transform: (_, __, done) => done(new Error('no memory')) })
    const app = await built(compressionWith({ encodings: ['gzip'] }, { ...zlib, createGzip: engine } as unknown as Zlib))
    const reader = ((await ask(app, '/stream')).body as ReadableStream<Uint8Array>).getReader()
    await expect(reader.read()).rejects.toThrow('no memory')
  })

  test.each<[CompressionOptions, string]>([
    [{ threshold: -1 }, 'compression: threshold must be a whole number of bytes, 0 or more'],
    [{ encodings: ['deflate' as 'gzip'] }, "compression: 'deflate' is not here; this platform has"],
  ])('%j is refused', (options, message) => {
    expect(() => compression(options)).toThrow(message)
    expect(() => compression(options)).toThrow(TypeError)
  })
})
