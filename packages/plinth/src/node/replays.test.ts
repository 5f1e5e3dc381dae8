// Over both transports each request gets the same: in one write, byte by byte, cut in two, and behind a good request. `K` says that the
// connection is kept, `C` that it ends.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { core, guard, redirect, refuse, reply, type Running, t } from '../app/index.ts'
import { both, type Connection, good, ofTheEngine } from './fixtures/odd-requests.ts'
import { RawConnection } from './fixtures/raw-connection.ts'

const handled: string[] = []
const signedIn = guard((ctx) => (ctx.header('x-user') === undefined ? refuse('not-signed-in') : undefined))

const echo = async (ctx: { readonly path: string; rawBody(): Promise<Uint8Array> }): Promise<object> => {
  handled.push(ctx.path)
  return { n: (await ctx.rawBody()).byteLength }
}
const ignore = (): object => ({ read: 'nothing' })
/** A route of each kind of answer, and one that must never be asked. */
const application = () =>
  core()
    .get('/', echo)
    .post('/', echo)
    .delete('/', echo)
    .get('/e/*rest', echo)
    .get('/evil', echo)
    .get('/good', () => 'good')
    .post('/json', { body: t.Unknown() }, ({ body }) => ({ body }))
    .get('/only-get', ignore)
    .post('/ignore', ignore)
    .get('/204', () => undefined)
    .get('/304', () => new Response(null, { status: 304 }))
    .get('/stream', () => new Blob(['abc', 'def']).stream())
    .get('/length', () => reply(200, new Blob(['abcdef']).stream(), { 'content-length': '6' }))
    .get('/throw', () => {
      throw new Error('on purpose')
    })
    .get('/redirect', () => redirect('/good'))
    .get('/guarded', { guards: [signedIn] }, () => 'secret')

describe.each(['http1', 'node:http'] as const)('over %s', (transport) => {
  let running: Running
  beforeAll(async () => {
    running = await application().listen({ port: 0, signals: false, mode: 'test', transport })
  })
  afterAll(() => running.close())

  async function replay(parts: readonly string[], before: string, statuses: string, connection: Connection): Promise<void> {
    handled.length = 0
    const client = await new RawConnection(running.port).opened()
    try {
      for (const part of before === '' ? parts : [before + parts[0]]) {
        client.send(part)
        if (parts.length === 2) await new Promise(setImmediate)
      }
      const got: string[] = []
      if (before !== '') expect((await client.answer()).body).toBe('good')
      for (const wanted of statuses.split(',')) {
        const isHead = wanted.endsWith('h')
        got.push(`${(await client.answer(3_000, isHead)).status}${isHead ? 'h' : ''}`)
      }
      expect(got.join()).toBe(statuses)
      if (connection === 'K') expect((await client.send(good).answer()).body).toBe('good')
      else expect((await client.end(3_000)).received).toBe('')
      expect(handled).not.toContain('/evil')
    } finally {
      client.destroy()
    }
  }

  test.each(transport === 'http1' ? [...both, ...ofTheEngine] : both)('%s', { timeout: 30_000 }, async (_, bytes, statuses, connection) => {
    const cut = (at: number): string[] => [bytes.slice(0, at), bytes.slice(at)]
    const headEnd = bytes.indexOf('\r\n\r\n')
    const places = new Set([
      1,
      bytes.length >> 1,
      headEnd,
      headEnd + 1,
      headEnd + 2,
      headEnd + 3,
      headEnd + 4,
      headEnd + 5,
      bytes.length - 2,
      bytes.length - 1,
    ])
    const cuts = [...places].filter((at) => at > 0 && at < bytes.length).map(cut)
    for (const parts of [[bytes], ...cuts, bytes.length > 2_000 ? cut(2_000) : [...bytes]])
      await expect(replay(parts, '', statuses, connection)).resolves.toBeUndefined()
    await expect(replay([bytes], good, statuses, connection)).resolves.toBeUndefined()
  })
})
