/** What stands in the place of a secret wherever it would be printed. */
export const MASK = '[secret]'

const exact: ReadonlySet<string> = new Set([
  ...['authorization', 'proxyauthorization', 'cookie', 'cookies', 'setcookie', 'passwd', 'pwd', 'passphrase', 'passcode', 'pin', 'otp'],
  ...['credential', 'credentials', 'jwt', 'bearer', 'sessionid', 'connectionstring'],
])
const ending = /(?:password|secret|secrets|token|tokens|apikey|apikeys|privatekey|secretkey|accesskey|signingkey|encryptionkey)$/

/** `apiKey`, `api_key`, `API-KEY` and `x-api-key` are one name to us. */
export function plainName(name: string): string {
  return name.replace(/[-_.\s]/g, '').toLowerCase()
}

/** True for names under which people keep secrets: `password`, `stripeApiKey`, `Set-Cookie`. */
export function isSecretName(name: string): boolean {
  const plain = plainName(name)
  return exact.has(plain) || ending.test(plain)
}

/** Credentials in a URL's authority (`postgres://ada:lovelace@host`): the name stays, the password goes. */
export function maskUrls(text: string): string {
  if (!text.includes('://') || !text.includes('@')) return text
  return text.replace(/(:\/\/[^\s/?#:@"'<>]{0,256}):[^\s/?#"'<>]{0,1024}@/g, `$1:${MASK}@`)
}
