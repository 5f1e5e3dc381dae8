import type { Logger } from '../app/index.ts'
import { environment } from '../internal/builtin.ts'
import { FieldCleaner, type FieldLimits, type Fields, type MaskNames } from './log-fields.ts'
import { PrettySink } from './log-pretty.ts'
import { ConsoleSink, type LineWriter, levels, type LogLevel, NodeSink, type Sink, standardStream, WriterSink } from './log-sink.ts'
import { requireObject } from '../internal/arguments.ts'

/** Settings of `logger`. */
export interface LoggerOptions extends MaskNames {
  /** The least level that is written; `silent` writes nothing. Default: `LOG_LEVEL`, else `info`. */
  readonly level?: LogLevel | 'silent'
  /** Default `stdout`. Elsewhere than on Node, Bun and Deno lines go to `console`. */
  readonly destination?: 'stdout' | 'stderr' | LineWriter
  /** For people instead of machines. Default: in development when the destination is a terminal. */
  readonly pretty?: boolean
  /** Default: where `pretty` goes to a terminal and `NO_COLOR` is not set. */
  readonly colour?: boolean
  /** Fields of every line: the version, the region. */
  readonly fields?: { readonly [name: string]: unknown }
  readonly limits?: Partial<FieldLimits>
}

const SILENT = levels.length
/** Names of other loggers, as platforms set them in `LOG_LEVEL` for everything they run. */
const aliases: { readonly [name: string]: LogLevel | 'silent' } = {
  trace: 'debug',
  warning: 'warn',
  fatal: 'error',
  off: 'silent',
  none: 'silent',
}

/**
 * The application's logger: `app({ log: logger() })`. One JSON object a line, with the level as a word, an ISO time, the
 * message, and `requestId` and `route` inside a request. Members whose names look like secrets are masked.
 * @throws {TypeError} when `level` is none.
 */
export function logger(options: LoggerOptions = {}): Logger {
  requireObject('logger: options', options)
  const env = environment()
  const asked = (options.level ?? env['LOG_LEVEL'] ?? 'info').toLowerCase()
  const level = levelOf(asked)
  if (level === undefined && options.level !== undefined) {
    throw new TypeError(`logger({ level: '${asked.slice(0, 40)}' }): a level is ${levels.join(', ')} or silent`)
  }
  const cleaner = new FieldCleaner(options.limits, options)
  const made = new LineLogger(
    level ?? levels.indexOf('info'),
    sinkOf(options, env),
    cleaner,
    cleaner.clean({ ...workerField(env), ...options.fields }),
  )
  // A misspelt variable must not keep a service from starting, nor go unnoticed.
  if (level === undefined)
    made.warn({ LOG_LEVEL: asked.slice(0, 40) }, `LOG_LEVEL is no level; write ${levels.join(', ')} or silent. Using info`)
  return made
}

/** `plinth start --workers` numbers the processes of one application; their lines end up in one place. */
function workerField(env: { readonly [name: string]: string | undefined }): { readonly worker?: number } {
  const number = env['PLINTH_WORKER']
  return number !== undefined && /^\d{1,9}$/.test(number) ? { worker: Number(number) } : {}
}

function levelOf(name: string): number | undefined {
  const known = aliases[name] ?? name
  if (known === 'silent') return SILENT
  const index = levels.indexOf(known as LogLevel)
  return index === -1 ? undefined : index
}

function sinkOf(options: LoggerOptions, env: { readonly [name: string]: string | undefined }): Sink {
  const { destination = 'stdout', pretty, colour } = options
  const stream = typeof destination === 'string' ? standardStream(destination) : (destination as LineWriter & { readonly isTTY?: boolean })
  if (stream === undefined) return new ConsoleSink()
  const terminal = stream.isTTY === true
  const mode = env['NODE_ENV']
  if (pretty ?? (terminal && mode !== 'production' && mode !== 'test')) {
    return new PrettySink(stream, colour ?? (terminal && (env['NO_COLOR'] ?? '') === ''))
  }
  if (typeof destination !== 'string') return new WriterSink(stream)
  return new NodeSink(destination === 'stderr' ? 2 : 1, stream)
}

class LineLogger implements Logger {
  readonly #level: number
  readonly #sink: Sink
  readonly #cleaner: FieldCleaner
  readonly #fields: Fields

  constructor(level: number, sink: Sink, cleaner: FieldCleaner, fields: Fields) {
    this.#level = level
    this.#sink = sink
    this.#cleaner = cleaner
    this.#fields = fields
  }

  // Methods of the class, not bound ones: a logger is made for every request that logs.
  debug(first: unknown, second?: string): void {
    if (this.#level === 0) this.#write('debug', first, second)
  }
  info(first: unknown, second?: string): void {
    if (this.#level <= 1) this.#write('info', first, second)
  }
  warn(first: unknown, second?: string): void {
    if (this.#level <= 2) this.#write('warn', first, second)
  }
  error(first: unknown, second?: string): void {
    if (this.#level <= 3) this.#write('error', first, second)
  }

  child(fields: { readonly [name: string]: unknown }): Logger {
    return new LineLogger(this.#level, this.#sink, this.#cleaner, { ...this.#fields, ...this.#cleaner.clean(fields) })
  }

  #write(level: LogLevel, first: unknown, second: string | undefined): void {
    try {
      const own = typeof first === 'string' || first === undefined ? undefined : this.#cleaner.clean(fieldsOf(first))
      const message = typeof first === 'string' ? first : second
      const fields = own === undefined ? this.#fields : { ...this.#fields, ...own }
      this.#sink.write(level, fields, message === undefined ? undefined : this.#cleaner.text(String(message)))
    } catch {
      // Whoever logs is busy with something that matters more: a closed pipe or a full disk is not theirs to handle.
    }
  }
}

/** `log.error(error)` is what people write, whatever the type says. */
function fieldsOf(first: unknown): { readonly [name: string]: unknown } {
  if (first instanceof Error) return { err: first }
  return typeof first === 'object' && first !== null ? (first as Fields) : { value: first }
}
