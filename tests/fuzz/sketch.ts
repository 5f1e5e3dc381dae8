/** One request before it is bytes. */
export interface Sketch {
  method: string
  path: string
  search: string
  headers: [name: string, value: string][]
  body: Uint8Array | undefined
}

const encoder = new TextEncoder()

export function sketch(method: string, target: string, headers: readonly [string, string][] = [], body?: string | Uint8Array): Sketch {
  const question = target.indexOf('?')
  return {
    method,
    path: question === -1 ? target : target.slice(0, question),
    search: question === -1 ? '' : target.slice(question + 1),
    headers: headers.map(([name, value]) => [name, value]),
    body: typeof body === 'string' ? encoder.encode(body) : body,
  }
}

/** As it goes over a socket. `close` asks the server to end the connection behind its answer. */
export function bytesOf({ method, path, search, headers, body }: Sketch, close: boolean): Buffer {
  const named = (name: string): boolean => headers.some(([it]) => it.toLowerCase() === name)
  let head = `${method} ${path}${search === '' ? '' : `?${search}`} HTTP/1.1\r\n`
  if (!named('host')) head += 'Host: fuzz.test\r\n'
  for (const [name, value] of headers) head += `${name}: ${value}\r\n`
  if (close) head += 'Connection: close\r\n'
  if (body !== undefined && !named('content-length') && !named('transfer-encoding')) head += `Content-Length: ${body.byteLength}\r\n`
  return Buffer.concat([Buffer.from(`${head}\r\n`, 'latin1'), body ?? new Uint8Array(0)])
}

/** To be read in a failure, and to be asked again. */
export function describeSketch(it: Sketch): string {
  return JSON.stringify({ ...it, body: it.body === undefined ? undefined : Buffer.from(it.body.subarray(0, 2_000)).toString('latin1') })
}
