/** Credentials that a browser adds by itself, as it does cookies (RFC 7617, 7616, 4559). Any other scheme a script must have set. */
const ambient = /^(basic|digest|negotiate|ntlm)\b/i

/** Whether an `Authorization` may have come without the page's doing. */
export function isAmbient(authorization: string): boolean {
  return ambient.test(authorization.trim())
}
