// Connections that are many, and answers that nobody reads.
import { execFileSync } from 'node:child_process'
import { pause } from '../lib/client.mjs'
import { get, isAnswered, wires, Wire } from '../lib/wire.mjs'
import { growth, growthText, holdUnharmed, inKiB, inMiB, KiB, MiB, subject } from './subject.mjs'

const IDLE = 10_000
const EACH_KIB = 20
const PIPELINED = 10_000
const PENDING = 16

export const idleMany = {
  name: 'idle-many',
  about: `${IDLE} connections that are kept, and idle`,
  async run({ hold, tell, transport }) {
    // Two ends of each are two processes; both have the limit of this one.
    const files = execFileSync('sh', ['-c', 'ulimit -n'], { encoding: 'utf8' }).trim()
    const most = files === 'unlimited' ? Infinity : Number(files)
    if (most < IDLE + 100)
      throw new Error(`${IDLE} connections need as many open files, this process may have ${files}: ulimit -n ${IDLE + 100}`)
    const app = await subject({ transport })
    const ask = async (all) => {
      for (const wire of all) wire.write(get('/'))
      await Promise.all(all.map((it) => it.until(isAnswered)))
    }
    const warm = await wires(app.port, 200)
    for (let i = 0; i < 20; i++) {
      await ask(warm)
      for (const it of warm) it.received = ''
    }
    for (const it of warm) await it.close()
    const before = await app.ask('memory')
    const all = []
    for (let i = 0; i < IDLE; i += 500) {
      const some = await wires(app.port, 500)
      await ask(some)
      all.push(...some)
    }
    await pause(500)
    const { open } = await app.ask('sockets')
    const after = await app.ask('memory')
    const each = growth(before, after) / IDLE
    tell(growthText(before, after))
    hold('open at once, each with an answer', open, open === IDLE)
    hold(`memory, at most ${EACH_KIB} KiB each`, inKiB(each), each <= EACH_KIB * KiB)
    const last = all.at(-1)
    last.received = ''
    last.write(get('/'))
    hold('one of them asks again', (await last.until(isAnswered)) ? 'answered' : 'not answered', isAnswered(last.received))
    for (const it of all) it.socket.destroy()
    holdUnharmed(app, hold)
    await app.end('SIGTERM')
  },
}

export const slowReader = {
  name: 'slow-reader',
  about: 'a stream of 100 MiB, read at 1 KiB a second',
  async run({ hold, tell, transport }) {
    const app = await subject({ transport })
    // Whole ones first: what a stream needs is made.
    for (let i = 0; i < 2; i++) {
      const wire = new Wire(app.port, { read: false })
      let read = 0
      wire.socket.on('data', (chunk) => (read += chunk.length))
      wire.write(get('/stream', 'Connection: close\r\n'))
      await new Promise((done) => wire.socket.once('close', done))
      if (read < 100 * MiB) throw new Error(`a stream of 100 MiB ended after ${inMiB(read)}`)
    }
    await app.ask('forget')
    const before = await app.ask('memory')
    const wire = new Wire(app.port, { read: false })
    await wire.opened
    wire.write(get('/stream'))
    let read = 0
    let unsent = 0
    let last
    for (let second = 0; second < 20; second++) {
      await pause(1_000)
      read += wire.socket.read(KiB)?.length ?? 0
      unsent = Math.max(unsent, (await app.ask('sockets')).unsent)
      if (second % 5 === 4) last = await app.ask('memory')
    }
    const { produced } = await app.ask('heard')
    tell(`${inKiB(read)} read in 20 s; the handler was asked for ${inMiB(produced)}, most of which the system holds for the connection`)
    hold('what the process holds unsent, at most 1 MiB', inMiB(unsent), unsent <= MiB)
    hold('memory of the process, at most 1 MiB more', growthText(before, last), growth(before, last) <= MiB)
    await wire.close()
    for (let i = 0; i < 20 && (await app.ask('heard')).aborts.length < 1; i++) await pause(50)
    const { aborts } = await app.ask('heard')
    hold('the handler hears that the reader went', aborts.length === 1 ? 'it does' : 'not within 1 s', aborts.length === 1)
    holdUnharmed(app, hold)
    await app.end('SIGTERM')
  },
}

export const pipelinedUnread = {
  name: 'pipelined-unread',
  about: `${PIPELINED} requests in a row on one connection, whose answers are not read`,
  async run({ hold, tell, transport }) {
    const app = await subject({ transport })
    const many = Buffer.from(get('/').repeat(PIPELINED))
    // One that reads, first: what so many requests need is made.
    for (let i = 0; i < 10; i++) {
      const reader = new Wire(app.port)
      reader.write(many)
      await reader.until((text) => text.split('HTTP/1.1 200').length - 1 === PIPELINED)
      await reader.close()
    }
    const before = await app.ask('memory')

    // Handlers that do not answer: whatever is read of the connection becomes one of them.
    const held = new Wire(app.port)
    await held.opened
    held.write(get('/held').repeat(PIPELINED))
    await pause(1_000)
    const { begun } = await app.ask('heard')
    const waiting = await app.ask('memory')
    hold(`requests begun and unanswered, at most ${PENDING}`, begun, begun <= PENDING && begun > 0)
    hold('memory meanwhile, at most 2 MiB more', growthText(before, waiting), growth(before, waiting) <= 2 * MiB)
    let answered = 0
    for (let i = 0; i < 20; i++) {
      await app.ask('release')
      await pause(20)
      answered = held.received.split('HTTP/1.1 200').length - 1
    }
    tell(`${answered} answered after some were let go`)
    hold('it goes on when they are answered', answered, answered > PENDING)
    await held.close()
    await app.ask('release')

    // Handlers that answer at once, and nobody who reads that.
    const started = await app.ask('memory')
    const unread = new Wire(app.port, { read: false })
    await unread.opened
    // As many as fill what the system holds of answers: it is megabytes before anything is waited for.
    for (let i = 0; i < 10; i++) unread.write(many)
    await pause(2_000)
    const { unsent } = await app.ask('sockets')
    const full = await app.ask('memory')
    tell(
      `${10 * PIPELINED} more on another connection; ${unread.socket.writableLength === 0 ? 'all of them were taken' : `${inMiB(unread.socket.writableLength)} of them were not taken`}, ${inKiB(unsent)} of answers unsent`,
    )
    hold('answers at once, unread: memory, at most 2 MiB more', growthText(started, full), growth(started, full) <= 2 * MiB)
    await unread.close()
    holdUnharmed(app, hold)
    await app.end('SIGTERM')
  },
}
