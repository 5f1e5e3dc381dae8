import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, open, readdir, realpath, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openFile, openTrusted } from './open-file.ts'
import { serveFile, type ServedFile, type ServeFileOptions } from './static-file.ts'

let base = ''
let root = ''
const long = 'x'.repeat(200_000)
const when = new Date(Date.UTC(2024, 0, 2, 3, 4, 5))
const lastModified = 'Tue, 02 Jan 2024 03:04:05 GMT'

async function put(path: string, content: string, time = when): Promise<void> {
  await writeFile(path, content)
  await utimes(path, time, time)
}

beforeAll(async () => {
  base = await realpath(await mkdtemp(join(tmpdir(), 'static-')))
  root = join(base, 'root')
  await mkdir(join(root, 'sub', '.hidden'), { recursive: true })
  await mkdir(join(base, 'root-beside'))
  await put(join(root, 'a.txt'), '0123456789')
  await put(join(root, 'empty.txt'), '')
  await put(join(root, 'long.bin'), long)
  await put(join(root, 'é "x".txt'), 'x')
  await put(join(root, 'app.js'), 'plain')
  await put(join(root, 'app.js.br'), 'brotli')
  await put(join(root, 'app.js.gz'), 'gzipped')
  await put(join(root, 'stale.js'), 'plain')
  await put(join(root, 'stale.js.gz'), 'old', new Date(when.getTime() - 1_000))
  await put(join(root, 'photo.png'), 'png')
  await put(join(root, 'photo.png.gz'), 'never sent')
  await put(join(root, '.env'), 'secret')
  await put(join(root, 'sub', 'b.html'), '<p>')
  await put(join(root, 'sub', '.hidden', 'c.txt'), 'secret')
  await put(join(base, 'outside.txt'), 'secret')
  await put(join(base, 'root-beside', 'd.txt'), 'secret')
  await symlink(join(base, 'outside.txt'), join(root, 'leaves.txt'))
  await symlink(base, join(root, 'up'))
  await symlink(join(base, 'root-beside'), join(root, 'beside'))
  await symlink(join(root, 'a.txt'), join(root, 'stays.txt'))
  await symlink(join(root, '.env'), join(root, 'env.txt'))
  await symlink(join(root, 'loop'), join(root, 'loop'))
  execFileSync('mkfifo', [join(root, 'pipe')])
})
afterAll(() => rm(base, { recursive: true, force: true }))

const get = (path: string, headers: Record<string, string> = {}, options: ServeFileOptions = { root }, method = 'GET') =>
  serveFile(path, { method, header: (name) => headers[name] }, options)

async function served(path: string, headers?: Record<string, string>, options?: ServeFileOptions, method?: string): Promise<Seen> {
  const reply = await get(path, headers, options, method)
  if (reply === undefined) throw new Error('nothing was found')
  return seen(reply)
}

function streamIn(reply: ServedFile | undefined): ReadableStream<Uint8Array> {
  if (reply?.body instanceof ReadableStream) return reply.body
  throw new Error('not a stream')
}

interface Seen {
  status: number
  headers: Record<string, string>
  body: string | null
}

async function seen({ status, headers, body }: ServedFile): Promise<Seen> {
  const named: Record<string, string> = {}
  for (let at = 0; at < headers.length; at += 2) {
    expect(named[headers[at] ?? '']).toBeUndefined()
    named[headers[at] ?? ''] = headers[at + 1] ?? ''
  }
  return { status, headers: named, body: body === null ? null : await new Response(body as Uint8Array<ArrayBuffer>).text() }
}

/** How many files this process has open below the folder. */
async function openCount(): Promise<number> {
  const names = await readdir('/proc/self/fd')
  const targets = await Promise.all(names.map((name) => realpath(`/proc/self/fd/${name}`).catch(() => '')))
  return targets.filter((target) => target.startsWith(root)).length
}

describe('what may be opened', () => {
  test.each([['a.txt'], ['sub/b.html'], ['stays.txt']])('%s', async (path) => {
    for (const form of [path, path.split('/')]) {
      const file = await openFile(root, form)
      expect(file?.size).toBeGreaterThan(0)
      await file?.handle.close()
    }
  })

  test.each([
    '',
    '.',
    '..',
    '/',
    '/a.txt',
    'a.txt/',
    'sub//b.html',
    './a.txt',
    'sub/../a.txt',
    '../outside.txt',
    '../root-beside/d.txt',
    'sub/../../outside.txt',
    '..\\outside.txt',
    'sub\\b.html',
    'a.txt\0',
    'a.txt\0.png',
    'a.txt:stream',
    'C:/x',
    'a.txt.',
    'a.txt ',
    'con',
    'NUL.txt',
    '.env',
    'sub/.hidden/c.txt',
    'env.txt',
    'leaves.txt',
    'up/outside.txt',
    'beside/d.txt',
    'loop',
    'sub',
    'pipe',
    'missing.txt',
    'a.txt/b',
    'x'.repeat(300),
  ])('%j is not there', async (path) => {
    expect(await openFile(root, path)).toBeUndefined()
  })

  test.each([[['..', 'outside.txt']], [['sub/b.html']], [['sub', '..', 'a.txt']], [[]], [['']]])(
    'the segments %j are not there',
    async (segments) => {
      expect(await openFile(root, segments)).toBeUndefined()
    },
  )

  test('dotfiles where they are let', async () => {
    for (const path of ['.env', 'sub/.hidden/c.txt', 'env.txt']) {
      const file = await openFile(root, path, { dotfiles: true })
      expect(file).toBeDefined()
      await file?.handle.close()
    }
    expect(await openFile(root, '..', { dotfiles: true })).toBeUndefined()
    expect(await openFile(root, '../outside.txt', { dotfiles: true })).toBeUndefined()
  })

  test('a root that is not there is the application’s mistake', async () => {
    await expect(openFile(join(base, 'nowhere'), 'a.txt')).rejects.toThrow('ENOENT')
  })

  test('a trusted path that can be none is thrown back', async () => {
    await expect(openTrusted('a\0b')).rejects.toThrow('null bytes')
  })

  test('a trusted path', async () => {
    expect(await openTrusted(join(root, 'missing'))).toBeUndefined()
    expect(await openTrusted(root)).toBeUndefined()
    expect((await served(join(base, 'outside.txt'), {}, {})).body).toBe('secret')
  })
})

describe('a whole file', () => {
  test('with its headers', async () => {
    expect(await served('a.txt')).toEqual({
      status: 200,
      headers: {
        'content-type': 'text/plain; charset=utf-8',
        'last-modified': lastModified,
        etag: expect.stringMatching(/^"[0-9a-z-]+"$/),
        'accept-ranges': 'bytes',
        vary: 'accept-encoding',
        'x-content-type-options': 'nosniff',
      },
      body: '0123456789',
    })
  })

  test('a long one is a stream, an empty one nothing', async () => {
    const reply = await get('long.bin')
    expect(reply?.body).toBeInstanceOf(ReadableStream)
    expect(await seen(reply as ServedFile)).toMatchObject({ body: long, headers: { 'content-length': '200000' } })
    const empty = await served('empty.txt')
    expect(empty).toMatchObject({ status: 200, body: null })
    expect(empty.headers['content-length']).toBeUndefined()
  })

  test('HEAD has the headers and no body', async () => {
    const whole = await served('long.bin')
    const head = await served('long.bin', { range: 'bytes=0-1' }, { root }, 'HEAD')
    expect(head).toEqual({ ...whole, body: null })
    expect((await served('empty.txt', {}, { root }, 'HEAD')).headers['content-length']).toBe('0')
  })

  test('options', async () => {
    const options = { root, type: 'application/x-own', cache: 'public, max-age=60', download: 'r\u00e9sum\u00e9.txt' }
    const { headers } = await served('a.txt', {}, options)
    expect(headers).toMatchObject({
      'content-type': 'application/x-own',
      'cache-control': 'public, max-age=60',
      'content-disposition': `attachment; filename="r_sum_.txt"; filename*=UTF-8''r%C3%A9sum%C3%A9.txt`,
    })
    expect(headers['vary']).toBeUndefined()
    expect((await served('sub/b.html', {}, { root, download: true })).headers['content-disposition']).toBe('attachment; filename="b.html"')
    await expect(get('a.txt', {}, { root, cache: 'a\r\nb: c' })).rejects.toThrow(TypeError)
    await expect(get('a.txt', {}, { root, type: 'a\nb' })).rejects.toThrow(TypeError)
  })

  test('nothing is found where nothing is', async () => {
    expect(await get('missing')).toBeUndefined()
    expect(await get('../outside.txt')).toBeUndefined()
  })
})

describe('conditions', () => {
  const earlier = 'Mon, 01 Jan 2024 03:04:05 GMT'
  const later = 'Wed, 03 Jan 2024 03:04:05 GMT'

  test('If-None-Match and If-Modified-Since', async () => {
    const { etag = '' } = (await served('a.txt')).headers
    const status = async (headers: Record<string, string>, method = 'GET'): Promise<number> =>
      (await served('a.txt', headers, { root }, method)).status
    expect(await status({ 'if-none-match': etag })).toBe(304)
    expect(await status({ 'if-none-match': `W/${etag}` })).toBe(304)
    expect(await status({ 'if-none-match': `"x", ${etag}` }, 'HEAD')).toBe(304)
    expect(await status({ 'if-none-match': '*' })).toBe(304)
    expect(await status({ 'if-none-match': '"x"' })).toBe(200)
    expect(await status({ 'if-none-match': '"x"', 'if-modified-since': later })).toBe(200)
    expect(await status({ 'if-modified-since': lastModified })).toBe(304)
    expect(await status({ 'if-modified-since': later })).toBe(304)
    expect(await status({ 'if-modified-since': earlier })).toBe(200)
    expect(await status({ 'if-modified-since': 'yesterday' })).toBe(200)
  })

  test('If-Match and If-Unmodified-Since', async () => {
    const { etag = '' } = (await served('a.txt')).headers
    const status = async (headers: Record<string, string>): Promise<number> => (await served('a.txt', headers)).status
    expect(await status({ 'if-match': etag })).toBe(200)
    expect(await status({ 'if-match': '*' })).toBe(200)
    expect(await status({ 'if-match': `W/${etag}` })).toBe(412)
    expect(await status({ 'if-match': '"x"' })).toBe(412)
    expect(await status({ 'if-match': etag, 'if-unmodified-since': earlier })).toBe(200)
    expect(await status({ 'if-unmodified-since': earlier })).toBe(412)
    expect(await status({ 'if-unmodified-since': lastModified })).toBe(200)
    expect(await status({ 'if-unmodified-since': 'junk' })).toBe(200)
  })

  test('a 304 has what a cache needs and nothing about the content', async () => {
    const reply = await served('a.txt', { 'if-modified-since': lastModified }, { root, cache: 'no-cache' })
    expect(reply.body).toBeNull()
    expect(Object.keys(reply.headers).sort()).toEqual(['accept-ranges', 'cache-control', 'etag', 'last-modified', 'vary'])
  })

  test('a file just written has a weak tag, which no range may rely on', async () => {
    const path = join(root, 'fresh.txt')
    await writeFile(path, '0123456789')
    const { etag = '' } = (await served('fresh.txt')).headers
    expect(etag).toMatch(/^W\/"/)
    expect((await served('fresh.txt', { 'if-none-match': etag })).status).toBe(304)
    expect((await served('fresh.txt', { 'if-match': etag })).status).toBe(412)
    expect((await served('fresh.txt', { range: 'bytes=0-1', 'if-range': etag })).status).toBe(200)
  })
})

describe('ranges', () => {
  test.each([
    ['bytes=0-3', '0123', 'bytes 0-3/10'],
    ['bytes=4-', '456789', 'bytes 4-9/10'],
    ['bytes=-3', '789', 'bytes 7-9/10'],
    ['bytes=-99', '0123456789', 'bytes 0-9/10'],
    ['bytes=8-99', '89', 'bytes 8-9/10'],
    ['bytes=9-9', '9', 'bytes 9-9/10'],
    ['BYTES=0-0', '0', 'bytes 0-0/10'],
    ['bytes=0-99999999999999999999', '0123456789', 'bytes 0-9/10'],
  ])('%s', async (range, body, contentRange) => {
    const reply = await served('a.txt', { range })
    expect(reply).toMatchObject({ status: 206, body, headers: { 'content-range': contentRange } })
  })

  test.each(['bytes=10-', 'bytes=999999-', 'bytes=-0', 'bytes=10-20', 'bytes=99999999999999999999-'])(
    '%s is out of reach',
    async (range) => {
      const reply = await served('a.txt', { range })
      expect(reply).toMatchObject({ status: 416, body: null, headers: { 'content-range': 'bytes */10' } })
      expect(reply.headers['content-type']).toBeUndefined()
    },
  )

  test.each([
    'bytes=0-1,4-5',
    `bytes=${'0-,'.repeat(1_000)}0-`,
    'bytes=5-2',
    'bytes=-',
    'bytes=',
    'bytes=a-b',
    'items=0-1',
    'bytes 0-1',
    '',
    'bytes=0-1junk',
    'bytes=+0-1',
  ])('%s is passed over', async (range) => {
    expect(await served('a.txt', { range })).toMatchObject({ status: 200, body: '0123456789' })
  })

  test('of an empty file', async () => {
    expect((await served('empty.txt', { range: 'bytes=0-' })).status).toBe(416)
    expect((await served('empty.txt', { range: 'bytes=-5' })).status).toBe(200)
  })

  test('of a long file, streamed', async () => {
    const reply = await get('long.bin', { range: 'bytes=10-190000' })
    expect(reply?.body).toBeInstanceOf(ReadableStream)
    expect((await seen(reply as ServedFile)).body).toHaveLength(189_991)
  })

  test('If-Range', async () => {
    const { etag = '' } = (await served('a.txt')).headers
    const status = async (ifRange: string): Promise<number> => (await served('a.txt', { range: 'bytes=0-1', 'if-range': ifRange })).status
    expect(await status(etag)).toBe(206)
    expect(await status(lastModified)).toBe(206)
    expect(await status(`W/${etag}`)).toBe(200)
    expect(await status('"other"')).toBe(200)
    expect(await status('Wed, 03 Jan 2024 03:04:05 GMT')).toBe(200)
    expect(await status('junk')).toBe(200)
  })

  test('conditions come before ranges', async () => {
    expect((await served('a.txt', { range: 'bytes=99-', 'if-modified-since': lastModified })).status).toBe(304)
    expect((await served('a.txt', { range: 'bytes=0-1', 'if-match': '"x"' })).status).toBe(412)
  })
})

describe('precompressed siblings', () => {
  test.each([
    ['br, gzip', 'brotli', 'br'],
    ['gzip', 'gzipped', 'gzip'],
    ['zstd, gzip;q=0.5', 'gzipped', 'gzip'],
    ['*', 'brotli', 'br'],
  ])('%s', async (accept, body, coding) => {
    expect(await served('app.js', { 'accept-encoding': accept })).toMatchObject({
      status: 200,
      body,
      headers: {
        'content-encoding': coding,
        'content-type': 'text/javascript; charset=utf-8',
        vary: 'accept-encoding',
      },
    })
  })

  test.each([undefined, '', 'identity', 'zstd', 'br;q=0, gzip;q=0', 'identity;q=0'])('%j gets the file itself', async (accept) => {
    const reply = await served('app.js', accept === undefined ? {} : { 'accept-encoding': accept })
    expect(reply.body).toBe('plain')
    expect(reply.headers['content-encoding']).toBeUndefined()
    expect(reply.headers['vary']).toBe('accept-encoding')
  })

  test('each has a tag of its own', async () => {
    const tags = await Promise.all(
      ['br', 'gzip', ''].map(async (accept) => (await served('app.js', { 'accept-encoding': accept })).headers['etag']),
    )
    expect(new Set(tags).size).toBe(3)
  })

  test('a client that takes only what is not there gets the file itself', async () => {
    expect((await served('a.txt', { 'accept-encoding': 'br, zstd, gzip' })).body).toBe('0123456789')
  })

  test('not when stale, not for images, not when turned off', async () => {
    expect((await served('stale.js', { 'accept-encoding': 'gzip' })).body).toBe('plain')
    const image = await served('photo.png', { 'accept-encoding': 'gzip' })
    expect(image.body).toBe('png')
    expect(image.headers['vary']).toBeUndefined()
    expect((await served('app.js', { 'accept-encoding': 'br' }, { root, precompressed: false })).body).toBe('plain')
  })
})

describe('the file is closed', () => {
  test.runIf(process.platform === 'linux')('whatever the answer was', async () => {
    const before = await openCount()
    await served('a.txt')
    await served('long.bin')
    await served('long.bin', {}, { root }, 'HEAD')
    await served('a.txt', { range: 'bytes=99-' })
    await served('a.txt', { 'if-modified-since': lastModified })
    await served('a.txt', { 'if-match': '"x"' })
    await served('app.js', { 'accept-encoding': 'br' })
    await served('stale.js', { 'accept-encoding': 'br, gzip' })
    await served('empty.txt')
    await openFile(root, 'pipe')
    await openFile(root, 'sub')
    expect(await openCount()).toBe(before)
  })

  test.runIf(process.platform === 'linux')('when the reader goes, before, between and during reads', async () => {
    const before = await openCount()
    const streams = await Promise.all([get('long.bin'), get('long.bin'), get('long.bin')])
    expect(await openCount()).toBe(before + 3)
    const readers = streams.map((reply) => streamIn(reply).getReader())
    await readers[1]?.read()
    const reading = readers[2]?.read()
    await Promise.all(readers.map((reader) => reader.cancel()))
    await reading
    expect(await openCount()).toBe(before)
  })

  test('and a file that becomes shorter breaks the stream off', async () => {
    await put(join(root, 'shrinks.bin'), long)
    const reply = await get('shrinks.bin')
    const reader = streamIn(reply).getReader()
    await reader.read()
    await truncate(join(root, 'shrinks.bin'), 10)
    const rest = async (): Promise<void> => {
      while (!(await reader.read()).done);
    }
    await expect(rest()).rejects.toThrow('became shorter')
  })

  test.runIf(process.platform === 'linux')('when something else throws', async () => {
    const before = await openCount()
    const header = (): string => {
      throw new Error('broken')
    }
    await expect(serveFile('photo.png', { method: 'GET', header }, { root })).rejects.toThrow('broken')
    await expect(serveFile('a.txt', { method: 'GET', header }, { root })).rejects.toThrow('broken')
    expect(await openCount()).toBe(before)
  })

  test('and a small one that becomes shorter rejects', async () => {
    const { fileBytes } = await import('./file-stream.ts')
    const handle = await open(join(root, 'a.txt'))
    await expect(fileBytes(handle, { first: 5, last: 20 })).rejects.toThrow('became shorter')
    await expect(handle.stat()).rejects.toThrow('file closed')
  })
})
