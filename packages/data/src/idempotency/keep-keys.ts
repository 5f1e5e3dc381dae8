import { createHash } from 'node:crypto'
import { Answer, type Context, problem, problems } from 'plinth'
import type { Engine, Session } from '../database/contract.ts'
import { prepareDatabase } from '../migrations/framework.ts'
import { idempotencyCatalogue } from '../problem-catalogue.ts'

/** Settings of `idempotency`. */
export interface IdempotencyOptions {
  /** How long an answer is kept, in milliseconds. Default a day. */
  readonly expiresMs?: number
  /** Refuses unsafe requests without a key. Default false: they are served as without this module. */
  readonly required?: boolean
  /**
   * Whose key it is: two clients may have the same. Default: by what the request is signed in with, `Authorization` and `Cookie`.
   * Runs before guards and identity, so it must not trust what the request says of itself.
   */
  readonly scope?: (ctx: Context) => string
}

/** What requests with keys are refused with. */
export const idempotencyProblems: typeof idempotencyCatalogue = problems(idempotencyCatalogue)

const safe: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE'])
const DAY_MS = 86_400_000
const PRUNE_MS = 600_000

/** Of an answer that is given, but of which nothing shall remain. */
class TakenBack extends Error {
  readonly answer: Answer
  constructor(answer: Answer) {
    super('taken back')
    this.answer = answer
  }
}

export type Next = () => Promise<Answer>
/** Serves a request once for each key; `demanded` refuses one without. */
export type Keep = (ctx: Context, next: Next, demanded: boolean) => Promise<Answer>

/** What keeps the keys of requests, for wraps. */
export function keeping(engineOf: (ctx: Context) => Engine, options: IdempotencyOptions = {}): Keep {
  const { expiresMs = DAY_MS, required = false, scope = signedInWith } = options
  if (!Number.isSafeInteger(expiresMs) || expiresMs < 1) throw new TypeError('idempotency: expiresMs must be a whole number above zero')
  const prepared = new WeakMap<Engine, Promise<unknown>>()
  const prunedAt = new WeakMap<Engine, number>()
  const ready = async (engine: Engine): Promise<void> => {
    const preparing = prepared.get(engine) ?? prepareDatabase(engine)
    prepared.set(engine, preparing)
    try {
      await preparing
    } catch (error) {
      prepared.delete(engine)
      throw error
    }
  }
  return async (ctx, next, demanded) => {
    if (safe.has(ctx.method)) return next()
    const sent = ctx.header('idempotency-key')
    if (sent === undefined) {
      if (required || demanded) throw problem('idempotency-key-missing')
      return next()
    }
    const request = { scope: digest(scope(ctx)), key: keyOf(sent), fingerprint: await fingerprintOf(ctx) }
    const engine = engineOf(ctx)
    await ready(engine)
    try {
      return await engine.transaction({}, (session) => once(session, request, expiresMs, next))
    } catch (error) {
      if (error instanceof TakenBack) return error.answer
      throw error
    } finally {
      const now = performance.now()
      if (now - (prunedAt.get(engine) ?? -Infinity) > PRUNE_MS) {
        prunedAt.set(engine, now)
        ctx.after(pruneIdempotencyKeys(engine))
      }
    }
  }
}

interface Keyed {
  readonly scope: string
  readonly key: string
  readonly fingerprint: string
}

async function once(session: Session, { scope, key, fingerprint }: Keyed, expiresMs: number, next: () => Promise<Answer>): Promise<Answer> {
  // The lock belongs to the transaction, so whoever dies gives it back, and there is no state "in flight" that could stay behind.
  const [lock] = await session.query({
    text: `SELECT pg_try_advisory_xact_lock(hashtextextended($1, 7305)) AS mine`,
    values: [`${scope} ${key}`],
    name: 'plinth_idempotency_lock',
  })
  if (lock?.['mine'] !== true) throw problem('idempotency-key-in-flight', undefined, { headers: { 'retry-after': '1' } })
  const [kept] = await session.query({
    text: 'SELECT fingerprint, status, headers::text AS headers, body FROM plinth.idempotency_keys WHERE scope = $1 AND key = $2 AND expires_at > now()',
    values: [scope, key],
    name: 'plinth_idempotency_find',
  })
  if (kept !== undefined) {
    if (kept['fingerprint'] !== fingerprint) throw problem('idempotency-key-reused')
    const headers = JSON.parse(kept['headers'] as string) as string[]
    const body = kept['body'] as Uint8Array | null
    return new Answer(kept['status'] as number, [...headers, 'idempotency-replayed', 'true'], body === null ? null : new Uint8Array(body))
  }
  const answer = await next()
  if (answer.status >= 500) throw new TakenBack(answer)
  const { body } = answer
  if (body !== null && typeof body !== 'string' && !(body instanceof Uint8Array)) {
    throw new TypeError('idempotency: an answer that is a stream can not be kept; answer such requests outside this module')
  }
  await session.query({
    text: `INSERT INTO plinth.idempotency_keys (scope, key, fingerprint, status, headers, body, expires_at)
VALUES ($1, $2, $3, $4, $5::jsonb, $6, now() + $7 * interval '1 millisecond')
ON CONFLICT (scope, key) DO UPDATE SET fingerprint = excluded.fingerprint, status = excluded.status, headers = excluded.headers,
  body = excluded.body, created_at = now(), expires_at = excluded.expires_at`,
    values: [
      scope,
      key,
      fingerprint,
      answer.status,
      JSON.stringify(answer.headers),
      body === null ? null : Buffer.from(body as Uint8Array),
      expiresMs,
    ],
    name: 'plinth_idempotency_keep',
  })
  return answer
}

/** Deletes answers that are no longer kept; gives how many. The module does it by itself every ten minutes. */
export async function pruneIdempotencyKeys(engine: Engine): Promise<number> {
  await prepareDatabase(engine)
  return (await engine.query({ text: 'DELETE FROM plinth.idempotency_keys WHERE expires_at <= now() RETURNING 1', values: [] })).length
}

function digest(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256')
  // With lengths, so that nothing can be moved from one part to the next.
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:`).update(part)
  return hash.digest('base64url')
}

function signedInWith(ctx: Context): string {
  return digest(ctx.header('authorization') ?? '', ctx.header('cookie') ?? '')
}

async function fingerprintOf(ctx: Context): Promise<string> {
  return digest(ctx.method, ctx.path, ctx.search, ctx.header('content-type') ?? '', await ctx.rawBody())
}

/** A string of RFC 9651 §3.3.3; many clients leave the quotes out. */
function keyOf(sent: string): string {
  const quoted = /^"((?:[ !#-[\]-~]|\\["\\])*)"$/.exec(sent)?.[1]?.replace(/\\(.)/g, '$1')
  const key = quoted ?? sent
  if (key === '' || key.length > 255 || (quoted === undefined && !/^[!#-[\]-~]+$/.test(key))) throw problem('idempotency-key-malformed')
  return key
}
