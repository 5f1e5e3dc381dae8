import { createServer, type Server } from 'node:http'
import type { Socket } from 'node:net'
import type { Failure } from '../failure.ts'
import { failurePage, failureProblem, pageHeaders, wantsPage } from './failure-page.ts'

/** Answers while there is no application: a page for browsers, a problem for programs, each time status 500. */
export class FailureServer {
  readonly #server: Server

  /** `failure` is asked for each request; without one it was healed meanwhile, and the next request gets the application. */
  constructor(failure: () => Failure | undefined) {
    this.#server = createServer((request, response) => {
      const it = failure()
      if (it === undefined) return void response.writeHead(503, { connection: 'close', 'retry-after': '0' }).end()
      const page = wantsPage(request.headers.accept)
      const type = [
        'content-type',
        'application/problem+json; charset=utf-8',
        'x-content-type-options',
        'nosniff',
        'cache-control',
        'no-store',
      ]
      response.writeHead(500, [...(page ? pageHeaders : type), 'connection', 'close'])
      response.end(
        page ? failurePage(it, 'plinth dev tries again as soon as a file changes. Then load this page again.') : failureProblem(it),
      )
    })
  }

  give(socket: Socket): void {
    this.#server.emit('connection', socket)
    socket.resume()
  }
}
