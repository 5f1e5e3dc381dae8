import { PostgrestError } from '../grammar/postgrest-error.ts'

/** How tokens are verified. The algorithm is HS256, whatever a token says of itself (RFC 8725 section 3.1). */
export interface JwtSettings {
  /** What issuer and server share: at least 32 bytes, as RFC 7518 section 3.2 wants it. */
  readonly secret: string
  /** Whether `secret` is base64 of the bytes. Default false. */
  readonly base64?: boolean
  /** What `aud` must name. Default: not looked at. */
  readonly audience?: string
}

/** What a verified token says. */
export interface JwtClaims {
  readonly sub?: string
  /** The role of the database that the bearer acts as. */
  readonly role?: string
  readonly [claim: string]: unknown
}

/** A token that was verified. */
export interface VerifiedToken {
  readonly claims: JwtClaims
  /** The claims as they were signed, in which numbers have all their digits. */
  readonly text: string
}

/** A token that is none, or that is not good any more: PGRST300 to 303. */
export class JwtError extends PostgrestError {
  override readonly challenge: string

  constructor(code: 'PGRST300' | 'PGRST301' | 'PGRST302' | 'PGRST303', message: string, details: string | null = null) {
    super(code, message, details)
    const broken = code === 'PGRST301' || code === 'PGRST303'
    this.challenge = broken ? `Bearer error="invalid_token", error_description="${message}"` : 'Bearer'
  }
}

/** Clocks of issuers differ by so much. */
const SKEW_SECONDS = 30
const SMALLEST_SECRET = 32
/** A token is a header line; nothing longer is worth the work. */
const LONGEST_TOKEN = 16_384

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Verifies tokens of one issuer. */
export class JwtVerifier {
  readonly #key: Promise<CryptoKey>
  readonly #audience: string | undefined

  /** @throws {TypeError} for a secret that is too short to keep anybody out. */
  constructor({ secret, base64 = false, audience }: JwtSettings) {
    const bytes = base64 ? fromBase64(secret) : new TextEncoder().encode(secret)
    if (bytes === undefined) throw new TypeError('The JWT secret is not base64')
    if (bytes.length < SMALLEST_SECRET) {
      throw new TypeError(`The JWT secret has ${bytes.length} bytes; HS256 wants ${SMALLEST_SECRET} at least: openssl rand -base64 48`)
    }
    this.#key = crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['verify'])
    this.#audience = audience
  }

  /** @throws {JwtError} that says why it does not hold. */
  async verify(token: string): Promise<VerifiedToken> {
    if (token === '') throw new JwtError('PGRST301', 'Empty JWT is sent in Authorization header')
    const parts = token.length > LONGEST_TOKEN ? [] : token.split('.')
    if (parts.length !== 3) throw new JwtError('PGRST301', `Expected 3 parts in JWT; got ${parts.length}`)
    const [head, body, signature] = parts as [string, string, string]
    // RFC 7515 section 2: no padding, no other alphabet, so that nothing has two spellings.
    if (!parts.every((it) => /^[\w-]+$/.test(it))) throw new JwtError('PGRST301', 'The JWT can not be decoded')
    const header = objectOf(textOf(head))
    const signed = fromBase64(signature)
    if (header === undefined || signed === undefined) throw new JwtError('PGRST301', 'The JWT can not be decoded')
    // What is critical must be understood (RFC 7515 section 4.1.11), and of that we know nothing.
    if (header['alg'] !== 'HS256' || 'crit' in header) throw new JwtError('PGRST301', 'Wrong or unsupported encoding algorithm')
    const good = await crypto.subtle.verify('HMAC', await this.#key, signed, new TextEncoder().encode(`${head}.${body}`))
    if (!good) throw new JwtError('PGRST301', 'No suitable key or wrong key type', 'None of the keys was able to decode the JWT')
    const text = textOf(body)
    const claims = objectOf(text)
    if (claims === undefined) throw new JwtError('PGRST303', 'Parsing claims failed')
    this.#check(claims)
    return { claims: claims as JwtClaims, text: text! }
  }

  #check(claims: { readonly [claim: string]: unknown }): void {
    const now = Date.now() / 1000
    const seconds = (name: string): number | undefined => {
      const value = claims[name]
      if (value === undefined || value === null) return undefined
      if (typeof value !== 'number') throw new JwtError('PGRST303', `The JWT '${name}' claim must be a number`)
      return value
    }
    const [exp, nbf, iat] = [seconds('exp'), seconds('nbf'), seconds('iat')]
    if (exp !== undefined && now - SKEW_SECONDS > exp) throw new JwtError('PGRST303', 'JWT expired')
    if (nbf !== undefined && now + SKEW_SECONDS < nbf) throw new JwtError('PGRST303', 'JWT not yet valid')
    if (iat !== undefined && now + SKEW_SECONDS < iat) throw new JwtError('PGRST303', 'JWT issued at future')
    const { aud, role } = claims
    const named = Array.isArray(aud) ? (aud as unknown[]) : aud === undefined || aud === null ? [] : [aud]
    if (!named.every((it) => typeof it === 'string'))
      throw new JwtError('PGRST303', "The JWT 'aud' claim must be a string or an array of strings")
    if (this.#audience !== undefined && !named.includes(this.#audience)) throw new JwtError('PGRST303', 'JWT not in audience')
    if (role !== undefined && role !== null && typeof role !== 'string')
      throw new JwtError('PGRST303', "The JWT 'role' claim must be a string")
  }
}

/** The token of an `Authorization` header; undefined where there is none. Another scheme is somebody else's. */
export function bearerToken(header: string | undefined): string | undefined {
  const match = header === undefined ? null : /^bearer(?: +(.*))?$/i.exec(header)
  return match === null ? undefined : (match[1] ?? '').trim()
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  const plain = text.trim().replace(/=+$/, '').replaceAll('-', '+').replaceAll('_', '/')
  if (!/^[A-Za-z0-9+/]*$/.test(plain) || plain.length % 4 === 1) return undefined
  return Uint8Array.from(atob(plain), (it) => it.charCodeAt(0))
}

function textOf(part: string): string | undefined {
  const bytes = fromBase64(part)
  try {
    return bytes === undefined ? undefined : utf8.decode(bytes)
  } catch {
    return undefined
  }
}

function objectOf(text: string | undefined): { readonly [name: string]: unknown } | undefined {
  try {
    const value: unknown = text === undefined ? undefined : JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as { [name: string]: unknown }) : undefined
  } catch {
    return undefined
  }
}
