/** OWASP's third choice for scrypt: 32 MiB and some tenths of a second for each password. */
const now = { ln: 15, r: 8, p: 3 } as const
const HASH_BYTES = 32
/** More than this is no password, and hashing costs what a text is long. */
const MAX_LENGTH = 4_096
/** PHC string format: `$scrypt$ln=15,r=8,p=3$salt$hash`, in base64 without padding. */
const format = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{22,86})\$([A-Za-z0-9+/]{43,86})$/

interface Cost {
  readonly ln: number
  readonly r: number
  readonly p: number
}

/**
 * A password as it may be kept: `$scrypt$…` with its cost and a salt of its own. It is worked out beside the event loop, in Node's
 * thread pool. Needs `node:crypto`, which Bun, Deno and Workers with `nodejs_compat` have too.
 *
 * ```ts
 * const passwordHash = await hashPassword(body.password)
 * ```
 * @throws {TypeError} for what is not a text of 1 to 4,096 characters.
 */
export async function hashPassword(password: string): Promise<string> {
  if (!isPassword(password)) throw new TypeError(`hashPassword(…) takes a text of 1 to ${MAX_LENGTH} characters`)
  const { randomBytes } = await import('node:crypto')
  const salt = randomBytes(16)
  const { ln, r, p } = now
  return `$scrypt$ln=${ln},r=${r},p=${p}$${text(salt)}$${text(await derive(password, salt, HASH_BYTES, now))}`
}

/**
 * Whether this is the password that `hash` was made of. Where there is no hash, because there is no such account, the answer is false
 * after the same time, so that nobody learns from the time which accounts there are.
 *
 * ```ts
 * if (!(await verifyPassword(body.password, account?.passwordHash))) refuse('wrong-password')
 * ```
 * @throws {TypeError} for a hash that `hashPassword` has not made.
 */
export async function verifyPassword(password: string, hash: string | null | undefined): Promise<boolean> {
  if (!isPassword(password)) return false
  const { timingSafeEqual } = await import('node:crypto')
  if (hash === undefined || hash === null) {
    await derive(password, new Uint8Array(16), HASH_BYTES, now)
    return false
  }
  const [, ln, r, p, salt, expected] = format.exec(hash) ?? []
  if (salt === undefined || expected === undefined) throw new TypeError('verifyPassword(…): this is no hash that hashPassword has made')
  const wanted = bytes(expected)
  return timingSafeEqual(wanted, await derive(password, bytes(salt), wanted.length, { ln: Number(ln), r: Number(r), p: Number(p) }))
}

function isPassword(password: unknown): password is string {
  return typeof password === 'string' && password.length > 0 && password.length <= MAX_LENGTH
}

/** The same password is spelt in other code points on other systems; NFKC makes them one (RFC 8265, OpaqueString). */
async function derive(password: string, salt: Uint8Array, length: number, { ln, r, p }: Cost): Promise<Uint8Array> {
  const { scrypt } = await import('node:crypto')
  const N = 2 ** ln
  // The memory that it needs, and what OpenSSL counts beside it.
  const maxmem = 128 * r * (N + p + 2) + 1_048_576
  return new Promise((resolve, reject) =>
    scrypt(password.normalize('NFKC'), salt, length, { N, r, p, maxmem }, (error, key) => (error === null ? resolve(key) : reject(error))),
  )
}

function text(raw: Uint8Array): string {
  return btoa(String.fromCharCode(...raw)).replaceAll('=', '')
}

function bytes(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
}
