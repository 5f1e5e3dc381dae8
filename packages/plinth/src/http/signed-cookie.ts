const algorithm = { name: 'HMAC', hash: 'SHA-256' } as const
const encoder = new TextEncoder()
/** Of 32 bytes in base64url, without padding. */
const SIGNATURE_LENGTH = 43
const MIN_SECRET_LENGTH = 32

/** Secrets are few and live as long as the process; importing one costs more than a signature. */
const imported = new Map<string, Promise<CryptoKey>>()

/**
 * Signs a cookie's value with HMAC-SHA-256: `value.signature`. The name is signed with it, so that the value of one cookie can't be
 * passed off as another's. It hides nothing: anybody can read the value.
 *
 * `secrets`: one, or a list of which the first signs and all verify, so that a secret can be replaced without signing users out.
 * Throws `TypeError` for a secret below 32 characters.
 */
export async function signCookie(name: string, value: string, secrets: string | readonly string[]): Promise<string> {
  const [secret] = listOf(secrets)
  const signature = await crypto.subtle.sign(algorithm, await keyOf(secret ?? ''), message(name, value))
  return `${value}.${toBase64Url(new Uint8Array(signature))}`
}

/** The value of a signed cookie; `undefined` when it was not signed for this name by one of `secrets`. Compared in constant time. */
export async function unsignCookie(
  name: string,
  signed: string | undefined,
  secrets: string | readonly string[],
): Promise<string | undefined> {
  const list = listOf(secrets)
  if (signed === undefined) return undefined
  const dot = signed.length - SIGNATURE_LENGTH - 1
  if (dot < 0 || signed[dot] !== '.') return undefined
  const signature = fromBase64Url(signed.slice(dot + 1))
  if (signature === undefined) return undefined
  const value = signed.slice(0, dot)
  for (const secret of list) {
    if (await crypto.subtle.verify(algorithm, await keyOf(secret), signature, message(name, value))) return value
  }
  return undefined
}

function listOf(secrets: string | readonly string[]): readonly string[] {
  const list = typeof secrets === 'string' ? [secrets] : secrets
  if (!Array.isArray(list) || list.length === 0 || list.some((secret) => typeof secret !== 'string' || secret.length < MIN_SECRET_LENGTH)) {
    throw new TypeError(`Signed cookies: give at least one secret, each of ${MIN_SECRET_LENGTH} characters or more.`)
  }
  return list
}

function keyOf(secret: string): Promise<CryptoKey> {
  let key = imported.get(secret)
  if (key === undefined) {
    key = crypto.subtle.importKey('raw', encoder.encode(secret), algorithm, false, ['sign', 'verify'])
    imported.set(secret, key)
  }
  return key
}

/** `=` can't stand in a cookie's name, so no two pairs of name and value give the same message. */
function message(name: string, value: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(`${name}=${value}`)
}

function toBase64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}

/** The last character may have bits that no byte uses; were they let pass, one signature would have four spellings. */
function fromBase64Url(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!/^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/.test(text)) return undefined
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(binary, (character) => character.charCodeAt(0))
}
