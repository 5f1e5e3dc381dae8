/**
 * The origins that a setting lists, checked: each a scheme, a host and perhaps a port, as browsers serialise them (RFC 6454
 * §6.2), since they are compared letter by letter. A wildcard, a trailing slash or an upper-case host would never match, or
 * tempt somebody into comparing loosely: `https://a.example.evil.test` begins with `https://a.example`.
 * @throws {TypeError} naming the setting, the entry and what would be right.
 */
export function originList(setting: string, origins: readonly string[]): ReadonlySet<string> {
  for (const origin of origins) {
    const right = suggestion(origin)
    if (right === undefined) continue
    throw new TypeError(`${setting}: '${origin}' is not an origin as browsers send it; write ${right}`)
  }
  return new Set(origins)
}

/** What to write instead; `undefined` where it is right as it is. */
function suggestion(origin: string): string | undefined {
  // Every sandboxed frame, data: URL and local file has the origin `null`: whoever wants in can have it.
  if (typeof origin !== 'string' || origin === 'null' || origin.includes('*')) return "each origin in full, like 'https://app.example'"
  if (!/^[a-z][a-z0-9+.-]*:\/\/[^/?#@\s,\\]+$/i.test(origin)) return fromUrl(origin)
  if (!/^https?:/i.test(origin)) return undefined // `capacitor://localhost`, `chrome-extension://…`: URL gives these no origin
  return URL.canParse(origin) && new URL(origin).origin === origin ? undefined : fromUrl(origin)
}

function fromUrl(text: string): string {
  const found = /^https?:\/\//i.test(text) && URL.canParse(text) ? new URL(text).origin : 'https://app.example'
  return `scheme, host and port alone, like '${found}'`
}
