import { builtin } from '../internal/builtin.ts'
import type { Fields } from './log-fields.ts'

/** How much a record matters, the least first. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error'
export const levels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error']

/** Takes records that were cleaned already and writes each as one line. */
export interface Sink {
  write(level: LogLevel, fields: Fields, message: string | undefined): void
}

/** Anything that takes lines, `process.stdout` for one. */
export interface LineWriter {
  write(line: string): unknown
}

let lastTime = 0
let lastText = new Date(0).toISOString()

/** RFC 3339 in UTC. Kept for the millisecond: under load many lines share one. */
export function isoTime(time: number): string {
  if (time !== lastTime) {
    lastTime = time
    lastText = new Date(time).toISOString()
  }
  return lastText
}

/** What JSON lets stand as it is: DEL and the C1 controls, of which a terminal takes U+009B for ESC [, and two line separators. */
const unescaped = /[\x7f-\x9f\u2028\u2029]/

/** Escapes them in a line of JSON, where they can stand in strings alone. Whoever parses it reads the same. */
export function escapeControls(line: string): string {
  if (!unescaped.test(line)) return line
  return line.replace(new RegExp(unescaped, 'g'), (it) => `\\u${it.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** JSON escapes the other control characters, so that no value can begin a line of its own or speak to a terminal. */
export function jsonLine(level: LogLevel, time: number, fields: Fields, message: string | undefined): string {
  const head = `{"level":"${level}","time":"${isoTime(time)}"`
  const body = JSON.stringify(fields)
  const tail = message === undefined ? '}' : `,"message":${JSON.stringify(message)}}`
  return escapeControls(body === '{}' ? head + tail : `${head},${body.slice(1, -1)}${tail}`)
}

/** Lines to a writer that is given. */
export class WriterSink implements Sink {
  readonly #to: LineWriter

  constructor(to: LineWriter) {
    this.#to = to
  }

  write(level: LogLevel, fields: Fields, message: string | undefined): void {
    this.#to.write(`${jsonLine(level, Date.now(), fields, message)}\n`)
  }
}

/** Where there is only `console`: Workers, whose platform keeps what it says. */
export class ConsoleSink implements Sink {
  write(level: LogLevel, fields: Fields, message: string | undefined): void {
    console[level](jsonLine(level, Date.now(), fields, message))
  }
}

type PinoLogger = { readonly [L in LogLevel]: (fields: Fields, message?: string) => void }
export interface Pino {
  (options: object, destination: unknown): PinoLogger
  destination(options: object): LineWriter
}

/** More than this waiting to be written means that nobody reads; what comes then is dropped rather than kept until memory ends. */
const BACKLOG = 16_777_216

/** pino without workers or transports: it writes lines in the background and the rest of them when the process ends. */
export function pinoLogger(pino: Pino, destination: LineWriter): PinoLogger {
  return pino(
    {
      level: 'debug',
      base: null,
      messageKey: 'message',
      formatters: { level: (label: string) => ({ level: label }) },
      timestamp: () => `,"time":"${isoTime(Date.now())}"`,
      // Records arrive spelt out; without this pino would look for an error under `err`.
      serializers: { err: (it: unknown) => it },
    },
    { write: (line: string) => destination.write(escapeControls(line)) },
  )
}

/**
 * What an application writes that has nothing to say of its requests: that it listens, that it closes, a warning or two. Together
 * they are far less than a pipe holds, so that writing them at once waits for nobody.
 */
const FEW_LINES = 8

/**
 * Writes to a file descriptor. The first lines go out at once; pino, whose loading takes longer than starting the application and
 * keeps 6 MiB, takes over from those who write more, when there is time. Where it can't be loaded (a bundle without it) the first
 * way stays.
 */
export class NodeSink implements Sink {
  readonly #fd: 1 | 2
  readonly #early: Sink
  #pino: PinoLogger | undefined = undefined
  #lines = 0

  constructor(fd: 1 | 2, early: LineWriter) {
    this.#fd = fd
    this.#early = new WriterSink(early)
  }

  write(level: LogLevel, fields: Fields, message: string | undefined): void {
    if (this.#pino !== undefined) {
      if (message === undefined) this.#pino[level](fields)
      else this.#pino[level](fields, message)
      return
    }
    this.#early.write(level, fields, message)
    if (++this.#lines !== FEW_LINES) return
    const timer = setTimeout(() => void this.load(), 100) as unknown as { unref?: () => void }
    timer.unref?.()
  }

  async load(from: () => Promise<{ readonly default: unknown }> = () => import('pino')): Promise<boolean> {
    try {
      const pino = (await from()).default as Pino
      this.#pino = pinoLogger(pino, pino.destination({ fd: this.#fd, sync: false, maxLength: BACKLOG }))
      return true
    } catch {
      return false
    }
  }
}

interface Stream extends LineWriter {
  readonly isTTY?: boolean
}

/** The standard stream of this platform, if it has one. */
export function standardStream(name: 'stdout' | 'stderr'): Stream | undefined {
  const process =
    builtin<{ readonly stdout?: Stream; readonly stderr?: Stream }>('node:process') ?? (globalThis as { process?: object }).process
  return (process as { readonly [_ in typeof name]?: Stream } | undefined)?.[name]
}
