import {
  bodyKindOf,
  type BodyKind as ParsedKind,
  type BodyLimits,
  bodyLimits,
  type ParsedBody,
  readBody,
  readGathered,
  readParts,
} from '../http/body.ts'
import { BodyTooLarge } from '../http/failures.ts'
import { inputCheck } from '../schema/compile.ts'
import type { Checked, InputCheck } from '../schema/contract.ts'
import { SchemaError } from '../schema/errors.ts'
import type { Schema } from '../schema/types.ts'
import type { RequestContext } from './context.ts'
import type { BodyKind } from './types.ts'
import type { BodyRead } from './validation.ts'

const forms: readonly ParsedKind[] = ['json', 'urlencoded', 'multipart']
const json: readonly ParsedKind[] = ['json']

/** How a route reads its body: by a schema, as a kind, or, where it declares nothing, whatever the client sent as JSON or a form. */
export function bodyRead(declared: Schema | BodyKind | undefined, size: number): BodyRead {
  const limits: BodyLimits = { ...bodyLimits, size }
  if (declared === undefined) return new UndeclaredBody(limits)
  if (declared === 'text' || declared === 'bytes') return new PlainBody(declared, limits)
  if (declared === 'stream') return streamed
  if (declared === 'parts') return { read: async (ctx) => ({ ok: true, value: readParts(ctx.incoming, limits) }) }
  return new SchemaBody(declared, limits)
}

const streamed: BodyRead = {
  read: (ctx) => Promise.resolve({ ok: true, value: ctx.incoming.stream() ?? emptyStream() }),
}

function emptyStream(): ReadableStream<Uint8Array> {
  return new ReadableStream({ start: (controller) => controller.close() })
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
  readonly #json: InputCheck
  /** `undefined` where the schema is no object: the fields of a form have names, so such a body comes as JSON only. */
  readonly #form: InputCheck | undefined
  readonly #limits: BodyLimits

  constructor(schema: Schema, limits: BodyLimits) {
    this.#json = inputCheck(schema, 'body')
    this.#form = formCheck(schema)
    this.#limits = limits
  }

  read(ctx: RequestContext): Checked | Promise<Checked> {
    const accepts = this.#form ? forms : json
    const body = readGathered(ctx.incoming, accepts, this.#limits)
    return body === undefined ? readBody(ctx.incoming, accepts, this.#limits).then(this.#check) : this.#check(body)
  }

  readonly #check = ({ kind, value }: ParsedBody): Checked | Promise<Checked> => {
    const isForm = kind === 'urlencoded' || kind === 'multipart'
    return (isForm && this.#form ? this.#form : this.#json).check(value)
  }
}

function formCheck(schema: Schema): InputCheck | undefined {
  try {
    return inputCheck(schema, 'body', { form: true })
  } catch (error) {
    if (error instanceof SchemaError) return undefined
    throw error
  }
}

function asRead({ value }: ParsedBody): Checked {
  return { ok: true, value }
}

/** A body of another type stays unread, for `ctx.request`. */
class UndeclaredBody implements BodyRead {
  readonly #limits: BodyLimits

  constructor(limits: BodyLimits) {
    this.#limits = limits
  }

  read(ctx: RequestContext): Checked | Promise<Checked> {
    const type = ctx.incoming.header('content-type')
    if (type === undefined || !forms.includes(bodyKindOf(type))) {
      // Nobody needs to read it to know; what is longer than it says meets the limit where it is read.
      if (Number(ctx.incoming.header('content-length') ?? 0) > this.#limits.size) throw new BodyTooLarge(this.#limits.size)
      return { ok: true, value: undefined }
    }
    const bytes = ctx.incoming.gathered?.(this.#limits.size)
    return bytes === undefined ? ctx.incoming.gather(this.#limits.size).then((it) => this.#parse(ctx, it)) : this.#parse(ctx, bytes)
  }

  #parse({ incoming }: RequestContext, bytes: Uint8Array): Checked | Promise<Checked> {
    // Clients that name a type in every request are many, and here nobody waits for a body.
    if (bytes.length === 0) return { ok: true, value: undefined }
    const body = readGathered(incoming, forms, this.#limits)
    return body === undefined ? readBody(incoming, forms, this.#limits).then(asRead) : asRead(body)
  }
}
