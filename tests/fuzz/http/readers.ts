import { AsyncResource } from 'node:async_hooks'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { Socket } from 'node:net'
import type { Dispatch, Incoming } from 'plinth'
import { Connection } from '../../../packages/plinth/src/node/http1/connection.ts'
import { defaultLimits } from '../../../packages/plinth/src/node/http1/limits.ts'
import type { Shared } from '../../../packages/plinth/src/node/http1/shared.ts'
import { Pipe } from './pipe.ts'

/** One request as a parser handed it over, with its whole body. */
export interface Read {
  readonly method: string
  readonly target: string
  readonly fields: string
  readonly body: string
  /** Behind it the other parser reads no requests: it asked for another protocol, or for the end. */
  readonly last?: boolean
}

/** What a parser made of an input. */
export interface Reading {
  readonly requests: readonly Read[]
  /** Why it went no further, where it refused. */
  readonly refused: string | undefined
  /** Milliseconds of CPU time of the longest turn: by the clock it would be long where others have the machine. */
  readonly longest: number
}

const framing = /^(?:connection|keep-alive|transfer-encoding|content-length|expect|upgrade)$/

/** Feeds an input in the pieces given, ends the client's side, and says what was read. */
export async function readOurs(pieces: readonly Buffer[]): Promise<Reading> {
  const requests: Read[] = []
  let refused: string | undefined
  const pending: Promise<void>[] = []
  const dispatch: Dispatch = (incoming) => {
    const answered = incoming.gather(1_000_000).then(
      (body) => {
        requests.push({ ...lineOf(incoming), fields: fieldsOf(incoming.headers()), body: Buffer.from(body).toString('latin1') })
        return { status: 200, headers: [], body: 'ok' }
      },
      () => ({ status: 400, headers: [], body: 'refused' }),
    )
    pending.push(answered.then(() => {}))
    return answered
  }
  const shared: Shared = {
    dispatch,
    limits: defaultLimits,
    hosts: undefined,
    events: new Set(),
    outside: new AsyncResource('fuzz'),
    refused: (_, reason) => void (refused ??= reason),
    closing: false,
    now: 1,
    date: 'date: x\r\n',
  }
  const pipe = new Pipe()
  const connection = new Connection(pipe as unknown as Socket, shared, () => {})
  const longest = await feed(pipe, pieces, () => pending.length)
  pipe.push(null)
  await settled(() => pending.length)
  await Promise.all(pending)
  connection.destroy()
  return { requests, refused, longest }
}

function lineOf({ method, path, search }: Incoming): { method: string; target: string } {
  return { method, target: search === '' ? path : `${path}?${search}` }
}

/** The parser of `node:http` in its strict mode, with its own judgement of `Host`. */
export class Llhttp {
  readonly #server: Server
  #requests: Read[] = []
  #refused: string | undefined
  #open = 0

  constructor() {
    this.#server = createServer({ insecureHTTPParser: false, requireHostHeader: true, maxHeaderSize: 32_768 }, (request, response) => {
      this.#take(request, () => response.end('ok'))
    })
    this.#server.on('checkExpectation', (request: IncomingMessage, response) => this.#take(request, () => response.end('ok')))
    this.#server.on('clientError', (error: Error & { readonly code?: string }, socket) => {
      this.#refused ??= error.code ?? error.message
      // What came before the error is still on its way to its listeners.
      setImmediate(() => setImmediate(() => socket.destroy()))
    })
  }

  async read(pieces: readonly Buffer[]): Promise<Reading> {
    this.#requests = []
    this.#refused = undefined
    this.#open = 0
    const pipe = new Pipe()
    pipe.on('error', () => {})
    this.#server.emit('connection', pipe)
    const longest = await feed(pipe, pieces, () => this.#requests.length)
    pipe.push(null)
    await settled(() => this.#requests.length + this.#open)
    pipe.destroy()
    return { requests: this.#requests, refused: this.#refused, longest }
  }

  #take(request: IncomingMessage, done: () => void): void {
    const requests = this.#requests
    const chunks: Buffer[] = []
    this.#open++
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('error', () => {})
    request.on('end', () => {
      const { rawHeaders: raw, method = '', url = '' } = request
      const fields = raw.flatMap((name, at) => (at % 2 === 0 ? [[name, raw[at + 1] as string] as const] : []))
      const { connection = '', 'proxy-connection': ofProxy = '' } = request.headers
      const last = request.httpVersion === '1.0' || /upgrade|close/i.test(`${connection},${String(ofProxy)}`)
      requests.push({ method, target: url, fields: fieldsOf(fields), body: Buffer.concat(chunks).toString('latin1'), last })
      done()
    })
  }
}

async function feed(pipe: Pipe, pieces: readonly Buffer[], progress: () => number): Promise<number> {
  let longest = 0
  for (const piece of pieces) {
    const before = process.cpuUsage()
    pipe.push(piece)
    await new Promise(setImmediate)
    const { user, system } = process.cpuUsage(before)
    longest = Math.max(longest, (user + system) / 1_000)
  }
  await settled(progress)
  return longest
}

/** Until a few turns have brought nothing new. */
async function settled(progress: () => number): Promise<void> {
  for (let quiet = 0, last = progress(); quiet < 3; quiet++) {
    await new Promise(setImmediate)
    if (progress() === last) continue
    last = progress()
    quiet = 0
  }
}

/** Names and values that both sides must agree on; lines of one name joined as a reader of them would. */
function fieldsOf(lines: Iterable<readonly [string, string]>): string {
  const joined = new Map<string, string>()
  for (const [raw, value] of lines) {
    const name = raw.toLowerCase()
    if (framing.test(name) || name === 'host') continue
    const before = joined.get(name)
    joined.set(name, before === undefined ? value : `${before}${name === 'cookie' ? '; ' : ', '}${value}`)
  }
  return [...joined].map(([name, value]) => `${name}: ${value}`).join('\n')
}
