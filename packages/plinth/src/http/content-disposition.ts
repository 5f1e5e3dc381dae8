/** RFC 8187 §3.2.1, `attr-char`; `encodeURIComponent` leaves a few more. */
const notAttrChar = /['()*]/g

/**
 * `Content-Disposition` with a filename (RFC 6266). Beyond ASCII it is given twice: once with `_` for what old readers can't show, and
 * as `filename*` in UTF-8 (RFC 8187), which all others prefer. Only the last part of a path is sent, control characters not at all.
 */
export function contentDisposition(kind: 'attachment' | 'inline', filename: string): string {
  const name = filename
    .slice(Math.max(filename.lastIndexOf('/'), filename.lastIndexOf('\\')) + 1)
    // eslint-disable-next-line no-control-regex
    .replace(/[\x00-\x1f\x7f-\x9f]/g, '')
    .replace(/\p{Surrogate}/gu, '\ufffd')
  if (name === '') return kind
  // `%` goes too: some readers decode escapes where none were meant (RFC 6266 Appendix D).
  const plain = name.replace(/[^\x20-\x7e]|["%\\]/gu, '_')
  if (plain === name) return `${kind}; filename="${name}"`
  const encoded = encodeURIComponent(name).replace(notAttrChar, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
  return `${kind}; filename="${plain}"; filename*=UTF-8''${encoded}`
}
