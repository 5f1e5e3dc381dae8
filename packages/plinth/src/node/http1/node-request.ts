import { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { Fields } from './fields.ts'
import type { RequestLine } from './request-line.ts'

/** A request as libraries know it that take connections over: as `node:http` would have read it. It has no body. */
export function nodeRequest(line: RequestLine, fields: Fields, socket: Socket): IncomingMessage {
  const request = new IncomingMessage(socket)
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
