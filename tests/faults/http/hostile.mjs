// Bodies that become more than they are, and clients that go away in the middle.
import { createGzip } from 'node:zlib'
import { pause } from '../lib/client.mjs'
import { get, isAnswered, statusOf, wires, Wire } from '../lib/wire.mjs'
import { growth, growthText, holdUnharmed, inKiB, MiB, subject } from './subject.mjs'

const BOMB_MIB = 1_024
const BOMBS = 16
const FORM_MS = 50
const CLIENTS = 20
const ABORT_MS = 1_000

function post(path, type, body, fields = '') {
  const head = `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: ${type}\r\nContent-Length: ${body.length}\r\n${fields}\r\n`
  return Buffer.concat([Buffer.from(head), body])
}

/** JSON of a gibibyte, a megabyte as gzip. */
async function bomb() {
  const gzip = createGzip({ level: 9 })
  const chunks = []
  gzip.on('data', (chunk) => chunks.push(chunk))
  const ended = new Promise((done) => gzip.once('end', done))
  const blanks = Buffer.alloc(MiB, 'x')
  gzip.write('{"text":"')
  for (let i = 0; i < BOMB_MIB; i++) if (!gzip.write(blanks)) await new Promise((done) => gzip.once('drain', done))
  gzip.end('"}')
  await ended
  return Buffer.concat(chunks)
}

/** What one request on a connection of its own is answered with, and after how long. */
async function ask(port, bytes) {
  const wire = await new Wire(port).opened
  const began = performance.now()
  wire.write(bytes)
  await wire.until(isAnswered)
  const tookMs = performance.now() - began
  await wire.close()
  return { status: statusOf(wire.received), tookMs }
}

export const gzipBomb = {
  name: 'gzip-bomb',
  about: `a body of 1 MiB that inflates to ${BOMB_MIB} MiB`,
  async run({ hold, tell, transport }) {
    const body = await bomb()
    const app = await subject({ transport })
    // The limit of bodies is 1 MiB as they come, too: this one must get past that and fail by what it becomes.
    const bytes = post('/json', 'application/json', body, 'Content-Encoding: gzip\r\n')
    tell(`${inKiB(body.length)} of gzip`)
    const fair = post('/json', 'application/json', Buffer.from(JSON.stringify({ text: 'x'.repeat(1_000_000) })))
    for (let i = 0; i < 5; i++) await ask(app.port, fair)
    const before = await app.ask('memory')
    await app.ask('watchMemory')
    const one = await ask(app.port, bytes)
    const peakOfOne = await app.ask('peakMemory')
    hold('it is 413', `${one.status} after ${one.tookMs.toFixed(0)} ms`, one.status === 413)
    hold('memory while it is read, at most 8 MiB more', growthText(before, peakOfOne), growth(before, peakOfOne) <= 8 * MiB)
    const many = await Promise.all(Array.from({ length: BOMBS }, () => ask(app.port, bytes)))
    const after = await app.ask('memory')
    hold(
      `${BOMBS} at once are 413`,
      many.map(({ status }) => status).join(' '),
      many.every(({ status }) => status === 413),
    )
    tell(`${growthText(before, after)} more after these`)
    hold('the next request', (await ask(app.port, Buffer.from(get('/')))).status, app.alive)
    holdUnharmed(app, hold)
    await app.end('SIGTERM')
  },
}

const part = (name, file) =>
  `--b\r\nContent-Disposition: form-data; name="${name}"${file ? '; filename="a.txt"\r\nContent-Type: text/plain' : ''}\r\n\r\nx\r\n`
const form = (parts) => post('/form', 'multipart/form-data; boundary=b', Buffer.from(`${parts.join('')}--b--\r\n`))

const forms = {
  '1,001 fields': form(Array.from({ length: 1_001 }, () => part('f', false))),
  '101 files': form(Array.from({ length: 101 }, () => part('file', true))),
  'a name 1,000 deep': form([part(`f${'[a]'.repeat(1_000)}`, false)]),
  '100 names 1,000 deep': form(Array.from({ length: 100 }, (_, i) => part(`f${i}${'.a'.repeat(1_000)}`, false))),
}

export const multipart = {
  name: 'multipart',
  about: 'forms of more parts, files and depth than are taken',
  async run({ hold, transport }) {
    const app = await subject({ transport })
    const fair = form([part('f', false), part('f', false), part('file', true), part('file', true)])
    const { status } = await ask(app.port, fair)
    hold('a form that is fair', status, status === 200)
    for (const [what, bytes] of Object.entries(forms)) {
      const first = await ask(app.port, bytes)
      hold(
        `${what}: 413 or 400 within ${FORM_MS} ms`,
        `${first.status} after ${first.tookMs.toFixed(1)} ms`,
        [413, 400].includes(first.status) && first.tookMs <= FORM_MS,
      )
    }
    holdUnharmed(app, hold)
    await app.end('SIGTERM')
  },
}

export const resets = {
  name: 'resets',
  about: `${CLIENTS} clients each that reset their connections, during a body, while they wait, during an answer`,
  async run({ hold, transport }) {
    const app = await subject({ transport })
    const chunk = `400\r\n${'x'.repeat(1_024)}\r\n`
    const head = 'POST /hang HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/octet-stream\r\n'
    const kinds = {
      'a chunked body': `${head}Transfer-Encoding: chunked\r\n\r\n${chunk}${chunk}40`,
      'a body with a length': `${head}Content-Length: 1000000\r\n\r\n${'x'.repeat(50_000)}`,
      'the wait for an answer': get('/hang'),
      'the wait for several answers': get('/hang').repeat(4),
      'a streamed answer': get('/stream'),
    }
    for (const [what, bytes] of Object.entries(kinds)) {
      for (const how of ['reset', 'close']) {
        await app.ask('forget')
        const all = await wires(app.port, CLIENTS, { read: false })
        for (const wire of all) wire.write(bytes)
        const handlers = CLIENTS * bytes.split('HTTP/1.1\r\n').slice(1).length
        if (!(await until(async () => (await app.ask('heard')).begun === handlers, 10_000)))
          throw new Error(`not all of ${handlers} requests were begun`)
        // It is in the middle: some of the body was read, some of the answer sent.
        if (what === 'a streamed answer') await until(() => all.every(({ socket }) => socket.bytesRead > 0 || socket.read(1) !== null))
        const at = performance.timeOrigin + performance.now()
        await Promise.all(all.map((it) => it[how]()))
        await until(async () => (await app.ask('heard')).aborts.length === handlers, ABORT_MS * 2)
        const { aborts } = await app.ask('heard')
        const latest = aborts.length === handlers ? Math.max(...aborts) - at : Infinity
        hold(
          `${how} during ${what}: every signal aborts within 1 s`,
          `${aborts.length} of ${handlers}, the last after ${latest.toFixed(0)} ms`,
          latest <= ABORT_MS,
        )
      }
    }
    await until(async () => (await app.ask('sockets')).open === 0)
    const { open } = await app.ask('sockets')
    hold('connections left', open, open === 0)
    holdUnharmed(app, hold)
    await app.end('SIGTERM')
  },
}

async function until(test, ms = 5_000) {
  const late = performance.now() + ms
  while (performance.now() < late) {
    if (await test()) return true
    await pause(20)
  }
  return false
}
