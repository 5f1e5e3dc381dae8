import { readFileSync, statSync } from 'node:fs'
import type { Socket } from 'node:net'
import { createSecureContext, createServer, type Server, type TLSSocket, type TlsOptions as ServerSettings } from 'node:tls'
import type { TlsOptions } from '../contract.ts'

const RELOAD_MS = 10_000
/** As long as a head may take: it is the same clients that take longer. */
const HANDSHAKE_MS = 10_000

/** Certificate and key of one server, from text or from files that it looks at now and then. */
export class Certificates {
  readonly settings: ServerSettings
  readonly #options: TlsOptions
  readonly #report: (error: Error) => void
  readonly #reloadMs: number
  #seen: string
  #timer: NodeJS.Timeout | undefined

  /** @throws {TypeError} naming the option that is wrong or the file that can't be used. */
  constructor(options: TlsOptions, report: (error: Error) => void = (error) => process.emitWarning(error)) {
    const { key, cert, ca, minVersion = 'TLSv1.2', reloadMs = RELOAD_MS } = options
    for (const [name, value] of Object.entries({ key, cert, ca }))
      if (typeof value !== 'string' && !(value === undefined && name === 'ca'))
        throw new TypeError(`listen: tls.${name} must be PEM text, or the path of a file of it`)
    if (minVersion !== 'TLSv1.2' && minVersion !== 'TLSv1.3') throw new TypeError("listen: tls.minVersion must be 'TLSv1.2' or 'TLSv1.3'")
    if (!Number.isFinite(reloadMs) || reloadMs < 0) throw new TypeError('listen: tls.reloadMs must be milliseconds, or 0 for never')
    this.#options = options
    this.#report = report
    this.#reloadMs = reloadMs
    this.#seen = this.#state()
    this.settings = {
      ...this.#read(),
      handshakeTimeout: HANDSHAKE_MS,
      ...(ca !== undefined && { requestCert: true, rejectUnauthorized: true }),
    }
  }

  /** A server of sockets, attended to. */
  serve(settings: ServerSettings, serve: (socket: TLSSocket) => void): Server {
    const server = createServer({ ...settings, ...this.settings }, serve)
    this.attend(server)
    return server
  }

  /** Renews what the server shows to new connections whenever the files change. */
  attend(server: Server): void {
    // Scanners and clients that speak plain HTTP: there is no connection yet to answer on.
    server.removeAllListeners('tlsClientError')
    server.on('tlsClientError', (_, socket: Socket) => socket.destroy())
    if (this.#reloadMs === 0 || files(this.#options).length === 0) return
    // Looked at, not watched: what mounts and deployments swap are links to folders, whose changes no watch of the file tells.
    this.#timer = setInterval(() => this.#renew(server), this.#reloadMs).unref()
  }

  leave(): void {
    clearInterval(this.#timer)
  }

  #renew(server: Server): void {
    const state = this.#state()
    if (state === this.#seen) return
    // Told once for each change: of two files that are written one after the other, the first alone fits nothing.
    this.#seen = state
    try {
      server.setSecureContext(this.#read())
    } catch (error) {
      this.#report(error as Error)
    }
  }

  /** What changes when a file does. */
  #state(): string {
    return files(this.#options)
      .map((path) => {
        const it = statSync(path, { throwIfNoEntry: false })
        return it === undefined ? 'gone' : `${it.ino} ${it.size} ${it.mtimeMs}`
      })
      .join()
  }

  #read(): ServerSettings {
    const { key, cert, ca, passphrase, minVersion = 'TLSv1.2' } = this.#options
    const read: ServerSettings = {
      key: textOf('key', key),
      cert: textOf('cert', cert),
      minVersion,
      ...(ca !== undefined && { ca: textOf('ca', ca) }),
      ...(passphrase !== undefined && { passphrase }),
    }
    try {
      createSecureContext(read)
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause)
      throw new TypeError(`listen: tls.key and tls.cert are no pair of key and certificate in PEM that can be used (${why})`, { cause })
    }
    return read
  }
}

function isText(value: string): boolean {
  return value.includes('-----BEGIN ')
}

function files({ key, cert, ca = '-----BEGIN ' }: TlsOptions): readonly string[] {
  return [key, cert, ca].filter((it) => !isText(it))
}

function textOf(name: string, value: string): string {
  if (isText(value)) return value
  try {
    return readFileSync(value, 'utf8')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    throw new TypeError(`listen: tls.${name} is neither PEM text nor a file that can be read: ${JSON.stringify(value)} (${code})`, {
      cause,
    })
  }
}
