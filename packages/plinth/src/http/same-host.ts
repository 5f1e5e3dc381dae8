/**
 * Whether the URL `from` has the host that was asked for. Hosts, not origins: behind a proxy that ends TLS we are asked over http for what
 * the browser calls https. Where we see TLS ourselves (`secure`) a page without it is another origin, which anybody on the way could have
 * written.
 */
export function isSameHost(from: string, host: string | undefined, secure: boolean): boolean {
  if (host === undefined || !URL.canParse(from)) return false
  const { protocol, host: theirs } = new URL(from)
  if (protocol !== 'https:' && (protocol !== 'http:' || secure)) return false
  const own = `${protocol}//${host}`
  // Parsed, so that `a.example:443` and `A.example` are what they mean.
  return theirs !== '' && URL.canParse(own) && new URL(own).host === theirs
}
