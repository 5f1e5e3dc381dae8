// The spans as OpenTelemetry's own SDK makes them. It is 18 MB, so it is installed apart from the workspace: `npm run telemetry`.
import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import { BasicTracerProvider, InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { connect } from 'node:net'
import { type Built, core, problem, t } from 'plinth'
import { logger, tracing, type TracingOptions } from 'plinth/ops'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'

const exporter = new InMemorySpanExporter()
const lines: { [name: string]: unknown }[] = []
const log = logger({
  level: 'info',
  destination: { write: (line: string) => void lines.push(JSON.parse(line) as { [name: string]: unknown }) },
})

beforeAll(() => {
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }))
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  propagation.setGlobalPropagator(new W3CTraceContextPropagator())
})
afterAll(() => {
  trace.disable()
  context.disable()
  propagation.disable()
})
afterEach(() => {
  exporter.reset()
  lines.length = 0
})

class Broken extends Error {}

async function traced(options: TracingOptions = {}): Promise<Built> {
  return core({ mode: 'test', log })
    .use(tracing(options))
    .get('/users/:id', async (ctx) => {
      await Promise.resolve()
      trace.getTracer('test').startSpan('query').end()
      ctx.log.info('inside')
      return ctx.params.id
    })
    .get('/boom', async () => {
      await Promise.resolve()
      throw new Broken('no')
    })
    .get('/odd', () => {
      throw 'text'
    })
    .get('/full', () => {
      throw problem('overloaded')
    })
    .get('/livez', () => 'ok')
    .get('/stream', () => new Blob(['abc']).stream())
    .build()
}

async function spansOf(built: Built, path: string, init?: RequestInit): Promise<readonly ReadableSpan[]> {
  await (await built.fetch(new Request(`http://shop.example:8080${path}`, init))).text()
  return exporter.getFinishedSpans()
}

describe('one span a request', () => {
  test('by the semantic conventions, around everything behind the module', async () => {
    const [query, server] = await spansOf(await traced(), '/users/7?token=s3cr3t', { headers: { 'user-agent': 'test/1' } })
    expect(server).toMatchObject({ name: 'GET /users/:id', kind: SpanKind.SERVER, status: { code: SpanStatusCode.UNSET } })
    expect(server?.attributes).toEqual({
      'http.request.method': 'GET',
      'http.route': '/users/:id',
      'url.path': '/users/7',
      'url.scheme': 'http',
      'server.address': 'shop.example',
      'server.port': 8080,
      'user_agent.original': 'test/1',
      'http.response.status_code': 200,
    })
    expect(query?.parentSpanContext?.spanId).toBe(server?.spanContext().spanId)
  })

  test('whose ids are in the log lines, also in that of an unexpected error', async () => {
    const built = await traced()
    const [, server] = await spansOf(built, '/users/7')
    expect(lines).toMatchObject([{ message: 'inside', traceId: server?.spanContext().traceId, spanId: server?.spanContext().spanId }])
    exporter.reset()
    const [failed] = await spansOf(built, '/boom')
    expect(lines[1]).toMatchObject({ message: 'unexpected error', traceId: failed?.spanContext().traceId })
  })

  test('that goes on with the trace of traceparent, unless told not to', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    const [, server] = await spansOf(await traced(), '/users/7', { headers: { traceparent } })
    expect(server?.spanContext().traceId).toBe('0af7651916cd43dd8448eb211c80319c')
    expect(server?.parentSpanContext?.spanId).toBe('b7ad6b7169203331')
    exporter.reset()
    const [, edge] = await spansOf(await traced({ continueTrace: false }), '/users/7', { headers: { traceparent } })
    expect(edge?.spanContext().traceId).not.toBe('0af7651916cd43dd8448eb211c80319c')
    exporter.reset()
    const [, odd] = await spansOf(await traced(), '/users/7', { headers: { traceparent: '00-zz-\u00ff-' } })
    expect(odd?.parentSpanContext).toBeUndefined()
  })

  test('with the error that nobody expected', async () => {
    const built = await traced()
    const [boom] = await spansOf(built, '/boom')
    expect(boom).toMatchObject({
      status: { code: SpanStatusCode.ERROR },
      attributes: { 'error.type': 'Broken', 'http.response.status_code': 500 },
    })
    expect(boom?.events).toMatchObject([{ name: 'exception', attributes: { 'exception.message': 'no' } }])
    exporter.reset()
    const [odd] = await spansOf(built, '/odd')
    expect(odd).toMatchObject({ attributes: { 'error.type': 'string' }, events: [{ attributes: { 'exception.message': 'text' } }] })
  })

  test('of a 5xx is an error, of a 404 is not', async () => {
    const built = await traced()
    const [full] = await spansOf(built, '/full')
    expect(full).toMatchObject({ status: { code: SpanStatusCode.ERROR }, attributes: { 'error.type': '503' }, events: [] })
    exporter.reset()
    const [missing] = await spansOf(built, '/nope')
    expect(missing).toMatchObject({ name: 'GET', status: { code: SpanStatusCode.UNSET } })
    expect(missing?.attributes).not.toHaveProperty('http.route')
  })

  test('of an unknown method has a name from a small set', async () => {
    const [brew] = await spansOf(await traced(), '/nope', { method: 'BREW' })
    expect(brew).toMatchObject({ name: 'HTTP', attributes: { 'http.request.method': '_OTHER', 'http.request.method_original': 'BREW' } })
  })

  test('has the query only when asked, the client where it is known', async () => {
    const built = await traced({ query: true })
    const [, server] = await spansOf(built, '/users/7?a=1')
    expect(server?.attributes['url.query']).toBe('a=1')
    exporter.reset()
    const running = await built.listen({ port: 0, signals: false })
    await (await fetch(`${running.url}/users/7`)).text()
    await running.close()
    expect(exporter.getFinishedSpans()[1]?.attributes).toMatchObject({ 'client.address': '127.0.0.1', 'server.address': '127.0.0.1' })
  })

  test('says when the client went before the end', async () => {
    const built = await traced()
    await (await built.fetch(new Request('http://x/stream'))).body?.cancel()
    expect(exporter.getFinishedSpans()).toMatchObject([{ attributes: { 'error.type': 'client_gone' } }])
  })

  test('not for probes', async () => {
    expect(await spansOf(await traced(), '/livez')).toEqual([])
    expect(await spansOf(await traced({ quiet: [] }), '/livez')).toHaveLength(1)
  })
})

/** A span as somebody who reads traces sees it, without what differs from run to run. */
function told(span: ReadableSpan, all: readonly ReadableSpan[]): object {
  const { name, kind, status, attributes, events, parentSpanContext } = span
  const parent = all.find((it) => it.spanContext().spanId === parentSpanContext?.spanId)
  return {
    ...{ name, kind, status, attributes },
    events: events.map((it) => [it.name, it.attributes?.['exception.type'], it.attributes?.['exception.message']]),
    parent: parent?.name ?? parentSpanContext?.spanId,
    sampled: span.spanContext().traceFlags,
  }
}

/** Sends bytes as they are, and gives what comes until the server ends the connection; goes at once where `until` has come. */
function talk(port: number, bytes: string, until?: string): Promise<string> {
  return new Promise((resolve) => {
    let text = ''
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes))
    socket.setEncoding('latin1').on('data', (it) => {
      text += it
      if (until !== undefined && text.includes(until)) socket.resetAndDestroy()
    })
    socket.on('error', () => {}).on('close', () => resolve(text))
  })
}

describe('the spans of a connection are those of any other transport', () => {
  const get = (path: string, more = ''): string => `GET ${path} HTTP/1.1\r\nHost: shop.example:8080\r\nUser-Agent: test/1\r\n${more}\r\n`
  const close = 'Connection: close\r\n'
  const traceparent = 'traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n'
  const post = (body: string): string =>
    `POST /orders?x=1 HTTP/1.1\r\nHost: shop.example\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n${close}\r\n${body}`
  const wanted: readonly (readonly [about: string, bytes: string, count: number, until?: string])[] = [
    ['a handler with a span inside', get('/users/7?token=s3cr3t', close), 2],
    ['three at once on one connection', get('/users/7') + get('/boom') + get('/users/8', close), 5],
    ['a trace that goes on', get('/users/7', traceparent + close), 2],
    ['HEAD', `HEAD /users/7 HTTP/1.1\r\nHost: shop.example\r\n${close}\r\n`, 2],
    ['HTTP/1.0 without Host', 'GET /users/7 HTTP/1.0\r\n\r\n', 2],
    ['an absolute target', `GET http://other.example:81/users/7 HTTP/1.1\r\nHost: shop.example\r\n${close}\r\n`, 2],
    ['an error that nobody expected', get('/boom', close), 1],
    ['a refusal', get('/full', close), 1],
    ['no route', get('/nope', close), 1],
    ['no such method there', `DELETE /users/7 HTTP/1.1\r\nHost: a\r\n${close}\r\n`, 1],
    ['a body', post('{"a":1}'), 2],
    ['a body that does not fit', post('{"a":"b"}'), 1],
    ['a body that is no JSON', post('{"a":'), 1],
    ['a stream', get('/stream', close), 1],
    ['a client that goes while a stream comes', get('/endless'), 1, 'abc'],
    ['a probe', get('/livez', close), 0],
  ]

  for (const [about, bytes, count, until] of wanted)
    test(about, async () => {
      const seen: (readonly object[])[] = []
      for (const transport of ['http1', 'node:http'] as const) {
        exporter.reset()
        const running = await core({ mode: 'test', log })
          .use(tracing({ query: true }))
          .get('/users/:id', async () => {
            await Promise.resolve()
            trace.getTracer('test').startSpan('query').end()
            return 'ok'
          })
          .post('/orders', { body: t.Object({ a: t.Integer() }) }, ({ body }) => {
            trace.getTracer('test').startSpan(`insert ${body.a}`).end()
            return body
          })
          .get('/boom', () => {
            throw new Broken('no')
          })
          .get('/full', () => {
            throw problem('overloaded')
          })
          .get('/stream', () => new Blob(['abc']).stream())
          .get('/endless', () => new ReadableStream<Uint8Array>({ pull: (controller) => controller.enqueue(Buffer.from('abc')) }))
          .get('/livez', () => 'ok')
          .listen({ port: 0, signals: false, transport })
        await talk(running.port, bytes, until)
        await running.close()
        const spans = exporter.getFinishedSpans()
        seen.push(spans.map((it) => told(it, spans)))
      }
      expect(seen[0]).toHaveLength(count)
      expect(seen[0]).toEqual(seen[1])
    })
})
