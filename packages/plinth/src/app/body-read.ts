import { type BodyKind as ParsedKind, type BodyLimits, bodyLimits, readBody, readParts } from '../http/body.ts'
import { inputCheck } from '../schema/compile.ts'
import type { Checked } from '../schema/contract.ts'
import type { Schema } from '../schema/types.ts'
import type { RequestContext } from './context.ts'
import type { BodyKind } from './types.ts'
import type { BodyRead } from './validation.ts'

const forms: readonly ParsedKind[] = ['json', 'urlencoded', 'multipart']

/** How a route reads its body: by a schema, as a kind, or, where it declares nothing, whatever the client sent as JSON or a form. */
export function bodyRead(declared: Schema | BodyKind | undefined, size: number): BodyRead {
  const limits: BodyLimits = { ...bodyLimits, size }
  if (declared === undefined) return new UndeclaredBody(limits)
  if (declared === 'text' || declared === 'bytes') return new PlainBody(declared, limits)
  if (declared === 'stream') return streamed
  if (declared === 'parts') return { read: (ctx) => Promise.resolve({ ok: true, value: readParts(ctx.incoming, limits) }) }
  return new SchemaBody(declared, limits)
}

const streamed: BodyRead = {
  // The request's own stream is taken through `ctx.request` where a mount hands the whole request on.
  read: (ctx) => {
    let stream: ReadableStream<Uint8Array> | null | undefined
    Object.defineProperty(ctx, 'body', { configurable: true, get: () => (stream ??= ctx.incoming.stream()) })
    return Promise.resolve({ ok: true, value: undefined })
  },
}

class PlainBody implements BodyRead {
  readonly #kind: 'text' | 'bytes'
  readonly #limits: BodyLimits

  constructor(kind: 'text' | 'bytes', limits: BodyLimits) {
    this.#kind = kind
    this.#limits = limits
  }

  async read(ctx: RequestContext): Promise<Checked> {
    const { value } = await readBody(ctx.incoming, [this.#kind], this.#limits)
    return { ok: true, value: value ?? (this.#kind === 'text' ? '' : new Uint8Array(0)) }
  }
}

class SchemaBody implements BodyRead {
  readonly #json: ReturnType<typeof inputCheck>
  readonly #form: ReturnType<typeof inputCheck>
  readonly #limits: BodyLimits

  constructor(schema: Schema, limits: BodyLimits) {
    this.#json = inputCheck(schema, 'body')
    this.#form = inputCheck(schema, 'body', { form: true })
    this.#limits = limits
  }

  async read(ctx: RequestContext): Promise<Checked> {
    const { kind, value } = await readBody(ctx.incoming, forms, this.#limits)
    return (kind === 'urlencoded' || kind === 'multipart' ? this.#form : this.#json).check(value)
  }
}

/** A body of another type stays unread, for `ctx.request`. */
class UndeclaredBody implements BodyRead {
  readonly #limits: BodyLimits

  constructor(limits: BodyLimits) {
    this.#limits = limits
  }

  async read(ctx: RequestContext): Promise<Checked> {
    const type = ctx.incoming.header('content-type')
    if (type === undefined || !/^(application\/(json|[\w.+-]+\+json|x-www-form-urlencoded)|multipart\/form-data)\s*(;|$)/i.test(type)) {
      return { ok: true, value: undefined }
    }
    const { value } = await readBody(ctx.incoming, forms, this.#limits)
    return { ok: true, value }
  }
}
