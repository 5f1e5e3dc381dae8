import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { builtin } from '../../internal/builtin.ts'
import type { Fields } from './fields.ts'
import type { RequestLine } from './request-line.ts'

/** A request as libraries know it that take connections over: as `node:http` would have read it. It has no body. */
export function nodeRequest(line: RequestLine, fields: Fields, socket: Socket): IncomingMessage {
  // Loaded with the first connection that is taken over: most servers have none.
  const http = builtin<typeof import('node:http')>('node:http')!
  const request = new http.IncomingMessage(socket)
  request.method = line.method
  request.url = line.target
  request.httpVersion = `1.${line.minor}`
  request.httpVersionMajor = 1
  request.httpVersionMinor = line.minor
  for (const [name, value] of fields.entries()) {
    request.rawHeaders.push(name, value)
    request.headers[name] = name === 'set-cookie' ? [value] : value
  }
  request.complete = true
  request.push(null)
  return request
}
