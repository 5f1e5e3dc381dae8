// What is broken: handlers of every kind that waits, reads or streams, in one process, over the transport of the environment.
import { subscribe } from 'node:diagnostics_channel'
import { setTimeout as wait } from 'node:timers/promises'
import { app, t } from 'plinth'
import { http1, nodeHttp } from 'plinth/node'

const { PORT, TRANSPORT, DRAIN_MS, LIMITS } = process.env
const CHUNK = new Uint8Array(65_536).fill(120)

const sockets = new Set()
subscribe('net.server.socket', ({ socket }) => {
  sockets.add(socket)
  socket.once('close', () => sockets.delete(socket))
})

const now = () => performance.timeOrigin + performance.now()
const heard = { begun: 0, produced: 0, aborts: [], ended: 0 }
let release = () => {}
let released = new Promise((done) => (release = done))

/** Runs until its signal aborts, and remembers when that was. */
function hang(signal) {
  heard.begun++
  return new Promise((_, reject) => {
    const aborted = () => {
      heard.aborts.push(now())
      reject(signal.reason)
    }
    if (signal.aborted) aborted()
    else signal.addEventListener('abort', aborted, { once: true })
  })
}

function busy(ms) {
  const until = performance.now() + ms
  while (performance.now() < until);
}

/** Bytes as fast as somebody takes them. */
function produce(total) {
  let left = total
  return new ReadableStream(
    {
      pull(controller) {
        controller.enqueue(CHUNK)
        heard.produced += CHUNK.byteLength
        left -= CHUNK.byteLength
        if (left <= 0) controller.close()
      },
    },
    { highWaterMark: 0 },
  )
}

const api = app()
  .get('/', () => ({ hello: 'world' }))
  // The first request on a connection may wait until it is told.
  .get('/held', async () => {
    heard.begun++
    await released
    return { held: true }
  })
  .get('/hang', { timeout: 0 }, ({ signal }) => hang(signal))
  .post('/hang', { body: 'stream', timeout: 0 }, async ({ body, signal }) => {
    const hung = hang(signal)
    hung.catch(() => {})
    for await (const chunk of body) heard.produced += chunk.byteLength
    return hung
  })
  .get('/stream', { timeout: 0 }, ({ signal }) => {
    hang(signal).catch(() => {})
    return produce(104_857_600)
  })
  .post('/json', { body: t.Object({ text: t.String() }) }, ({ body }) => ({ length: body.text.length }))
  .post('/form', { body: t.Object({ f: t.Optional(t.Array(t.String())), file: t.Optional(t.Array(t.File())) }) }, () => ({ ok: true }))
  .get('/block', () => {
    busy(1_000)
    return { blocked: true }
  })
  .get('/work/:ms', { params: t.Object({ ms: t.Number() }) }, async ({ params }) => {
    await wait(5)
    busy(params.ms)
    return { done: true }
  })

const running = await api.listen({
  port: Number(PORT),
  hostname: '127.0.0.1',
  transport: TRANSPORT === 'node:http' ? nodeHttp : http1(LIMITS ? { limits: JSON.parse(LIMITS) } : {}),
  ...(DRAIN_MS && { drainMs: Number(DRAIN_MS) }),
})

const used = () => {
  const { rss, heapUsed, external } = process.memoryUsage()
  return { rss, heapUsed, external }
}
let watching
let peak

const asked = {
  /** What stays when everything that can be is collected. */
  async memory() {
    for (let i = 0; i < 4; i++) {
      globalThis.gc()
      await wait(30)
    }
    return used()
  },
  watchMemory() {
    peak = used()
    watching = setInterval(() => {
      const it = used()
      if (it.rss > peak.rss) peak = it
    }, 2)
    return true
  },
  /** The most that was used since it is watched. */
  peakMemory() {
    clearInterval(watching)
    return peak
  },
  heard: () => heard,
  forget() {
    Object.assign(heard, { begun: 0, produced: 0, aborts: [], ended: 0 })
    return true
  },
  sockets: () => ({ open: sockets.size, unsent: [...sockets].reduce((sum, it) => sum + it.writableLength, 0) }),
  release() {
    release()
    released = new Promise((done) => (release = done))
    return true
  },
}
process.on('message', async (what) => process.send(await asked[what]()))
// Whoever asks must not keep it alive when it is to end.
process.channel.unref()
console.log('ready', running.port)
