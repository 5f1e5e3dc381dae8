import zlib from 'node:zlib'
import { describe, expect, test } from 'vitest'
import type { Incoming } from '../contract.ts'
import { bodyKindOf, bodyLimits, readBody, readParts, type BodyKind } from './body.ts'
import { BodyTooLarge, HttpFailure } from './failures.ts'
import { FormFile } from './form-file.ts'

/** The part of a request that bodies are read from. */
function request(headers: Record<string, string>, body: string | Uint8Array | null): Incoming {
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body
  return {
    header: (name: string) => headers[name],
    gather: (limit: number) =>
      (bytes?.length ?? 0) > limit ? Promise.reject(new BodyTooLarge(limit)) : Promise.resolve(bytes ?? new Uint8Array()),
    stream: () => (bytes === null ? null : new Blob([bytes as Uint8Array<ArrayBuffer>]).stream()),
  } as unknown as Incoming
}

const every: readonly BodyKind[] = ['json', 'urlencoded', 'multipart', 'text', 'bytes']
const read = (type: string | undefined, body: string | Uint8Array | null, accepts = every, more: Record<string, string> = {}) =>
  readBody(request(type === undefined ? more : { 'content-type': type, ...more }, body), accepts)
const form =
  '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--b\r\nContent-Disposition: form-data; name="f"; filename="x"\r\n\r\ny\r\n--b--'

describe('a body is read by its type', () => {
  test('JSON', async () => {
    expect(await read('application/json', '{"a":1}')).toEqual({ kind: 'json', value: { a: 1 } })
    expect(await read('application/merge-patch+json; charset=UTF-8', '[]')).toEqual({ kind: 'json', value: [] })
  })

  test('urlencoded', async () => {
    const body = await read('application/x-www-form-urlencoded', 'a=1&a=2&b=%C3%A9')
    expect(body.kind).toBe('urlencoded')
    expect({ ...(body.value as object) }).toEqual({ a: ['1', '2'], b: 'é' })
  })

  test('multipart', async () => {
    const body = await read('multipart/form-data; boundary=b', form)
    expect(body.kind === 'multipart' && body.value['a']).toBe('1')
    expect(body.kind === 'multipart' && body.value['f']).toBeInstanceOf(FormFile)
  })

  test('text and bytes', async () => {
    expect(await read('text/plain', 'é')).toEqual({ kind: 'text', value: 'é' })
    expect(await read('text/csv;charset=utf-8', '')).toEqual({ kind: 'text', value: '' })
    expect(await read('image/png', new Uint8Array([1, 2]))).toEqual({ kind: 'bytes', value: new Uint8Array([1, 2]) })
  })

  test('bytes take what no other accepted kind does', async () => {
    expect((await read('application/json', '{}', ['bytes'])).kind).toBe('bytes')
    expect((await read('text/plain; charset=utf-16', 'x', ['json', 'bytes'])).kind).toBe('bytes')
    expect((await read(undefined, 'x', ['bytes'])).kind).toBe('bytes')
  })

  test('nothing at all is none, whatever is accepted', async () => {
    expect(await read(undefined, null)).toEqual({ kind: 'none', value: undefined })
    expect(await read(undefined, '', ['json'])).toEqual({ kind: 'none', value: undefined })
  })
})

describe('refused', () => {
  const cases: [string, string | undefined, string | Uint8Array, readonly BodyKind[], number, string][] = [
    ['another type', 'text/plain', '{}', ['json'], 415, 'unsupported-media-type'],
    ['a form for JSON', 'application/x-www-form-urlencoded', '{}', ['json'], 415, 'unsupported-media-type'],
    ['no type', undefined, '{}', ['json'], 415, 'unsupported-media-type'],
    ['junk after the type', 'application/json garbage', '{}', ['json'], 415, 'unsupported-media-type'],
    ['JSON in UTF-7', 'application/json; charset=utf-7', '{}', ['json'], 415, 'unsupported-media-type'],
    ['text in UTF-16', 'text/plain; charset=utf-16', 'x', ['text'], 415, 'unsupported-media-type'],
    ['cut JSON', 'application/json', '{"a":', ['json'], 400, 'malformed-json'],
    ['empty JSON', 'application/json', '', ['json'], 400, 'malformed-json'],
    ['deep JSON', 'application/json', '['.repeat(1_000), ['json'], 400, 'json-too-deep'],
    ['prototype keys', 'application/json', '{"__proto__":{"x":1}}', ['json'], 400, 'prototype-key'],
    ['text that is not UTF-8', 'text/plain', new Uint8Array([0xff]), ['text'], 400, 'malformed-request'],
    ['a form that is not UTF-8', 'application/x-www-form-urlencoded', new Uint8Array([0xff]), ['urlencoded'], 400, 'malformed-form'],
    ['a form with a bad escape', 'application/x-www-form-urlencoded', 'a=%', ['urlencoded'], 400, 'malformed-form'],
    ['too many fields', 'application/x-www-form-urlencoded', 'a&'.repeat(1_001), ['urlencoded'], 413, 'too-many-fields'],
    ['multipart without a boundary', 'multipart/form-data', form, ['multipart'], 400, 'malformed-form'],
    ['an empty multipart form', 'multipart/form-data; boundary=b', '', ['multipart'], 400, 'malformed-form'],
    ['a megabyte and a byte', 'application/json', ' '.repeat(1_048_577), ['json'], 413, 'body-too-large'],
  ]
  test.each(cases)('%s', async (_, type, body, accepts, status, code) => {
    await expect(read(type, body, accepts)).rejects.toMatchObject({ status, code })
  })

  test('a 415 says what would do', async () => {
    await expect(read('text/plain', 'x', ['json', 'urlencoded'])).rejects.toMatchObject({
      extra: { headers: ['accept', 'application/json, application/x-www-form-urlencoded'] },
    })
  })

  test('a type that is not accepted is refused before the body is waited for', async () => {
    const incoming = { ...request({ 'content-type': 'text/plain' }, null), gather: () => new Promise<never>(() => {}) }
    await expect(readBody(incoming, ['json'])).rejects.toBeInstanceOf(HttpFailure)
  })
})

describe('content encoding', () => {
  test.each([
    ['gzip', zlib.gzipSync],
    ['deflate', zlib.deflateSync],
    ['br', zlib.brotliCompressSync],
  ])('%s', async (coding, pack) => {
    expect(await read('application/json', pack('{"a":1}'), every, { 'content-encoding': coding })).toEqual({
      kind: 'json',
      value: { a: 1 },
    })
  })

  test('the limit holds after decoding, and the checks too', async () => {
    const bomb = zlib.gzipSync(' '.repeat(2_000_000))
    await expect(read('application/json', bomb, every, { 'content-encoding': 'gzip' })).rejects.toMatchObject({ status: 413 })
    const proto = zlib.gzipSync('{"__proto__":1}')
    await expect(read('application/json', proto, every, { 'content-encoding': 'gzip' })).rejects.toMatchObject({ code: 'prototype-key' })
  })

  test('identity, unknown and corrupt', async () => {
    expect((await read('text/plain', 'x', every, { 'content-encoding': 'identity' })).value).toBe('x')
    await expect(read('text/plain', 'x', every, { 'content-encoding': 'rot13' })).rejects.toMatchObject({ status: 415 })
    await expect(read('text/plain', 'x', every, { 'content-encoding': 'gzip' })).rejects.toMatchObject({ status: 400 })
    expect((await read(undefined, '', every, { 'content-encoding': 'gzip' })).kind).toBe('none')
  })
})

describe('a form part by part', () => {
  const type = { 'content-type': 'multipart/form-data; boundary=b' }
  const names = async (incoming: Incoming): Promise<string[]> => {
    const seen: string[] = []
    for await (const part of readParts(incoming)) seen.push(part.name)
    return seen
  }

  test('plain and compressed', async () => {
    expect(await names(request(type, form))).toEqual(['a', 'f'])
    expect(await names(request({ ...type, 'content-encoding': 'gzip' }, zlib.gzipSync(form)))).toEqual(['a', 'f'])
  })

  test('past the limit of the whole', async () => {
    const parts = readParts(request(type, form), { ...bodyLimits, size: 20 })
    await expect(parts.next()).rejects.toBeInstanceOf(BodyTooLarge)
  })

  test('without a type, with another, without a body', () => {
    expect(() => readParts(request({}, form))).toThrow(HttpFailure)
    expect(() => readParts(request({ 'content-type': 'text/plain' }, form))).toThrow(HttpFailure)
    expect(() => readParts(request(type, null))).toThrow('The body is empty')
  })
})

test('the kind of a body by its type', () => {
  expect(bodyKindOf('application/problem+json; charset=utf-8')).toBe('json')
  expect(bodyKindOf('multipart/form-data; boundary=b')).toBe('multipart')
  expect(bodyKindOf('image/png')).toBe('bytes')
  expect(() => bodyKindOf('application/json garbage')).toThrow(HttpFailure)
})
