// The shared cases of raw HTTP, each replayed in every way in which its bytes can be cut.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { core, file, type Running, t } from '../../app/index.ts'
import { type RawAnswer, RawConnection } from '../fixtures/raw-connection.ts'
import { bytesOf, type HttpCase, httpCases } from './fixtures/http-cases.ts'

const good = 'GET /good HTTP/1.1\r\nHost: a\r\n\r\n'
const text = 'a small file'

let folder: string
let running: Running
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'plinth-http-'))
  writeFileSync(join(folder, 'small.txt'), text)
  const echo = {
    handle: async ({ request, header }: { readonly request: Request; header(name: string): string | undefined }): Promise<object> => {
      const bytes = await request.arrayBuffer()
      return { n: bytes.byteLength, host: header('host'), trailer: header('x-t') }
    },
  }
  running = await core()
    .get('/good', () => 'good')
    .get('/small', () => file(join(folder, 'small.txt')))
    .post('/json', { body: t.Unknown() }, ({ body }) => ({ body }))
    .get('/*rest', echo.handle)
    .post('/*rest', echo.handle)
    .listen({ port: 0, signals: false, mode: 'test', transport: 'http1', hosts: ['a', 'b', '[::1]', '127.0.0.1'] })
})
afterAll(async () => {
  await running.close()
  rmSync(folder, { recursive: true })
})

/** Some cases are about a route of a certain kind. */
function targeted(it: HttpCase): string {
  const bytes = bytesOf(it)
  if (/application\/json/.test(bytes) && it.section === 'I') return bytes.replace(' / ', ' /json ')
  if (/Range/.test(bytes)) return bytes.replace(' / ', ' /small ')
  return bytes
}

/** What may be answered, each way as the statuses in their order. */
function ways({ expect: wanted }: HttpCase): readonly string[] {
  if (wanted.startsWith('on a WS route')) return ['200', '400', '426']
  if (wanted === '1 response; /evil never routed') return ['200']
  if (wanted === '2xx,200') return ['204,200']
  if (wanted === '100 (then 200 after body)') return ['100,200']
  if (wanted === '400 or silent close') return ['400', '']
  if (wanted.startsWith('421')) return ['421', '400']
  if (wanted.startsWith('431 (400')) return ['431', '400']
  if (wanted === '400 (ignore ok)') return ['400', '200']
  if (wanted === '200,200 or 200,400') return ['200,200', '200,400']
  const either = /^(\d{3})(?:\/| or )(\d{3})/.exec(wanted)
  if (either) return [either[1] as string, either[2] as string]
  return [/^\d{3}(?:,\d{3})*/.exec(wanted)?.[0] ?? 'an expectation that nobody can read']
}

async function replay(it: HttpCase, parts: readonly string[], behindGood: boolean): Promise<void> {
  const connection = await new RawConnection(running.port).opened()
  const wanted = ways(it)
  const bytes = parts.join('')
  try {
    if (behindGood) connection.send(good)
    for (const part of parts) {
      connection.send(part)
      if (parts.length > 1 && parts.length < 40) await new Promise(setImmediate)
    }
    if (behindGood) expect((await connection.answer()).body).toBe('good')
    const answers: RawAnswer[] = []
    const most = Math.max(...wanted.map((way) => (way === '' ? 0 : way.split(',').length)))
    while (answers.length < most) {
      if (it.expect.startsWith('100') && answers.length === 0) {
        await connection.until('HTTP/1.1 100 Continue\r\n\r\n')
        answers.push({ status: 100, headers: [], body: '' })
        connection.send('abc')
      }
      const answer = await connection.answer(2_000, bytes.startsWith('HEAD ')).catch(() => undefined)
      if (answer === undefined) break
      answers.push(answer)
      if (answers.length < most && connection.closed && connection.received === '') break
    }
    expect(wanted).toContain(answers.map((answer) => answer.status).join(','))
    check(it, answers)
    const last = answers.at(-1)
    const closes = last === undefined || last.headers.some(([name, value]) => name === 'connection' && value === 'close')
    // Without a route for sockets an upgrade is passed over (RFC 9110 §7.8).
    if (it.expect.startsWith('on a WS route')) expect(closes).toBe(false)
    else if (it.connection === 'C') expect(closes).toBe(true)
    else if (it.connection === 'K') expect(closes).toBe(false)
    if (closes) {
      await connection.end(1_500)
      expect(connection.received).toBe('')
    } else {
      connection.send(good)
      expect((await connection.answer()).body).toBe('good')
    }
  } finally {
    connection.socket.destroy()
  }
}

function check({ expect: wanted }: HttpCase, answers: readonly RawAnswer[]): void {
  const last = answers.at(-1)
  for (const { status, body } of answers) {
    expect(body).not.toMatch(/\n\s+at |evil/)
    if (status >= 400) expect(JSON.parse(body)).toMatchObject({ status })
  }
  const n = /n=(\d+)/.exec(wanted)
  if (n) expect(JSON.parse(last?.body ?? '')).toMatchObject({ n: Number(n[1]) })
  const host = /host=`(\w)`/.exec(wanted)
  if (host) expect(JSON.parse(last?.body ?? '')).toMatchObject({ host: host[1] })
  if (wanted.includes('X-T')) expect(JSON.parse(last?.body ?? '')).not.toHaveProperty('trailer')
  if (wanted.includes('Allow')) expect(last?.headers.map(([name]) => name)).toContain('allow')
  if (wanted.includes('file bytes')) expect(last?.body.length ?? 0).toBeLessThanOrEqual(Math.max(text.length, 200))
}

describe.each(httpCases().map((it) => [`${it.id} ${it.why || it.expect}`, it] as const))('%s', (_, it) => {
  const bytes = targeted(it)

  test('in one write', () => expect(replay(it, [bytes], false)).resolves.toBeUndefined())

  test('behind a good request', () => expect(replay(it, [bytes], true)).resolves.toBeUndefined())

  test('one byte a write', { timeout: 20_000 }, () => expect(replay(it, [...bytes], false)).resolves.toBeUndefined())

  test('cut in two at every place', { timeout: 60_000 }, async () => {
    // Of a long run of the same character one cut says as much as all.
    const cuts = Array.from({ length: bytes.length - 1 }, (__, at) => at + 1).filter(
      (at) => at < 400 || at > bytes.length - 100 || at % 997 === 0,
    )
    for (let at = 0; at < cuts.length; at += 16) {
      const replays = cuts.slice(at, at + 16).map((cut) => replay(it, [bytes.slice(0, cut), bytes.slice(cut)], false))
      await expect(Promise.all(replays)).resolves.toBeDefined()
    }
  })
})
