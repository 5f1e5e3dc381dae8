import zlib from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { contentCoding, decodeBytes, decodeStream } from './content-coding.ts'
import { BodyTooLarge, HttpFailure } from './failures.ts'

const text = 'hello '.repeat(10_000)
const pack = { gzip: zlib.gzipSync, deflate: zlib.deflateSync, br: zlib.brotliCompressSync } as const
const coded = { gzip: zlib.gzipSync(text), deflate: zlib.deflateSync(text), br: zlib.brotliCompressSync(text) } as const
const withZstd = { ...zlib, zstdDecompress: () => {} } as unknown as typeof zlib
const { zstdDecompress: _, ...rest } = zlib as typeof zlib & { zstdDecompress?: unknown }
const withoutZstd = rest as typeof zlib

const streamOf = (...chunks: Uint8Array[]): ReadableStream<Uint8Array> =>
  new ReadableStream({
    pull(controller) {
      const next = chunks.shift()
      if (next === undefined) controller.close()
      else controller.enqueue(next)
    },
  })

describe('which coding', () => {
  test.each([
    [undefined, undefined],
    ['', undefined],
    ['identity', undefined],
    ['gzip', 'gzip'],
    [' GZIP ', 'gzip'],
    ['x-gzip', 'gzip'],
    ['deflate', 'deflate'],
    ['br', 'br'],
    ['zstd', 'zstd'],
  ])('%j is %j', (header, coding) => {
    expect(contentCoding(header, withZstd)).toBe(coding)
  })

  test.each([
    ['compress', withZstd, 'gzip, deflate, br, zstd'],
    ['gzip, gzip', withZstd, 'gzip, deflate, br, zstd'],
    ['br, gzip', withZstd, 'gzip, deflate, br, zstd'],
    ['zstd', withoutZstd, 'gzip, deflate, br'],
    ['br', null, 'gzip, deflate'],
  ])('%s is refused, with what would do', (header, platform, accepted) => {
    const call = (): unknown => contentCoding(header, platform)
    expect(call).toThrow(HttpFailure)
    try {
      call()
    } catch (error) {
      expect(error).toMatchObject({ status: 415, code: 'unsupported-encoding', extra: { headers: ['accept-encoding', accepted] } })
    }
  })
})

describe.each([
  ['with node:zlib', undefined, ['gzip', 'deflate', 'br'] as const],
  ['without', null, ['gzip', 'deflate'] as const],
])('a whole body, %s', (_name, platform, codings) => {
  test.each(codings)('%s is decoded', async (coding) => {
    expect(new TextDecoder().decode(await decodeBytes(coded[coding], coding, 100_000, platform))).toBe(text)
  })

  test.each(codings)('%s past the limit is refused', async (coding) => {
    await expect(decodeBytes(coded[coding], coding, text.length - 1, platform)).rejects.toBeInstanceOf(BodyTooLarge)
    await expect(decodeBytes(coded[coding], coding, 0, platform)).rejects.toBeInstanceOf(BodyTooLarge)
    await expect(decodeBytes(pack[coding]('x'), coding, 0, platform)).rejects.toBeInstanceOf(BodyTooLarge)
    expect((await decodeBytes(coded[coding], coding, text.length, platform)).length).toBe(text.length)
  })

  test.each(codings)('%s that is corrupt or cut short is refused', async (coding) => {
    for (const bytes of [coded[coding].subarray(0, -5), Buffer.from('not compressed at all'), Buffer.from([0xff, 0xff, 0xff, 0xff])]) {
      await expect(decodeBytes(bytes, coding, 100_000, platform)).rejects.toMatchObject({ status: 400, code: 'malformed-request' })
    }
  })
})

test.each(['gzip', 'deflate', 'br'] as const)('bytes after the end of %s are refused', async (coding) => {
  for (const junk of [Buffer.from('junk'), Buffer.from([0, 0, 0])]) {
    await expect(decodeBytes(Buffer.concat([coded[coding], junk]), coding, 100_000)).rejects.toMatchObject({ code: 'malformed-request' })
  }
})

test('zstd goes to the platform where it has it', async () => {
  const zstdDecompress = (bytes: Uint8Array, _options: object, done: (error: null, decoded: object) => void): void =>
    done(null, { buffer: new Uint8Array([1]), engine: { bytesWritten: bytes.length } })
  const platform = { ...zlib, zstdDecompress } as unknown as typeof zlib
  expect(await decodeBytes(new Uint8Array(5), 'zstd', 10, platform)).toEqual(new Uint8Array([1]))
})

test('a gzip body of one MiB that inflates to one GiB is refused, in little memory', async () => {
  // Sixty-four members of sixteen MiB each; a gzip file may have many (RFC 1952 §2.2).
  const member = zlib.gzipSync(Buffer.alloc(16 * 1_048_576), { level: 9 })
  const bomb = Buffer.concat(Array<Buffer>(64).fill(member))
  expect(bomb.length).toBeLessThan(1_100_000)

  const held = (): number => process.memoryUsage().external
  const before = held()
  let peak = 0
  const watch = setInterval(() => (peak = Math.max(peak, held() - before)), 1)
  try {
    await expect(decodeBytes(bomb, 'gzip', 1_048_576)).rejects.toBeInstanceOf(BodyTooLarge)
    await expect(decodeBytes(bomb, 'gzip', 1_048_576, null)).rejects.toBeInstanceOf(BodyTooLarge)
  } finally {
    clearInterval(watch)
  }
  expect(Math.max(peak, held() - before)).toBeLessThan(8 * 1_048_576)
}, 30_000)

describe('a stream', () => {
  test('is decoded as it is read', async () => {
    const stream = decodeStream(streamOf(coded.gzip.subarray(0, 20), coded.gzip.subarray(20)), 'gzip', 1e6)
    expect(await new Response(stream).text()).toBe(text)
  })

  test('has a limit for what arrives, since coded data may decode to nothing', async () => {
    const stream = decodeStream(streamOf(coded.gzip, coded.gzip, coded.gzip), 'gzip', coded.gzip.length * 2)
    await expect(new Response(stream).arrayBuffer()).rejects.toBeInstanceOf(BodyTooLarge)
  })

  test('that is corrupt is a failure; one whose source fails has the error of the source', async () => {
    const corrupt = decodeStream(streamOf(Buffer.from('nothing packed')), 'gzip', 1e6)
    await expect(corrupt.getReader().read()).rejects.toMatchObject({ status: 400, code: 'malformed-request' })
    const gone = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.error(new Error('the client has gone')),
    })
    await expect(decodeStream(gone, 'gzip', 1e6).getReader().read()).rejects.toThrow('the client has gone')
  })

  test('cancelled, cancels its source', async () => {
    let cancelled: (reason: unknown) => void = () => {}
    const seen = new Promise((resolve) => (cancelled = resolve))
    const source = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(coded.gzip),
      cancel: (reason) => cancelled(reason),
    })
    await decodeStream(source, 'gzip', 1e9).cancel('enough')
    expect(await seen).toBe('enough')
  })

  test('in a coding for which the platform has no stream decoder is a 415', () => {
    const fake = 'zstd' as const
    try {
      decodeStream(streamOf(), fake, 1)
    } catch (error) {
      expect(error).toMatchObject({ status: 415, code: 'unsupported-encoding' })
      return
    }
    // A platform that has it decodes.
    expect(new DecompressionStream(fake as CompressionFormat)).toBeDefined()
  })
})
