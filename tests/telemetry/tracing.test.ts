// The spans as OpenTelemetry's own SDK makes them. It is 18 MB, so it is installed apart from the workspace: `npm run telemetry`.
import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import { BasicTracerProvider, InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { type Built, core, problem } from 'plinth'
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
