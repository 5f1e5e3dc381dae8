/** What identifies one state of one representation (RFC 9110 §8.8). */
export interface Validators {
  /** With its quotes, and `W/` when it is weak. */
  readonly etag: string
  /** Whole seconds since 1970. */
  readonly lastModified: number
}

/**
 * Validators from a file's size and time of change. Weak while the change is under two seconds ago: a second write may leave
 * size and time as they were, and a strong tag would promise equal bytes (RFC 9110 §8.8.1).
 */
export function fileValidators(size: number, mtimeMs: number, coding: string, nowMs: number = Date.now()): Validators {
  const tag = `"${size.toString(36)}-${Math.round(mtimeMs * 1_000).toString(36)}${coding === 'identity' ? '' : `-${coding}`}"`
  return { etag: nowMs - mtimeMs < 2_000 ? `W/${tag}` : tag, lastModified: Math.floor(mtimeMs / 1_000) }
}

const entityTag = /[ \t]*((?:W\/)?"[\x21\x23-\x7e\x80-\xff]*")[ \t]*(?:,|$)/y

/**
 * Whether a list in `If-Match` or `If-None-Match` has the tag; `*` has any. Weak comparison lets `W/` be passed over, strong takes no
 * weak tag at all (§8.8.3.2). What follows a malformed member is not read.
 */
export function hasEtag(list: string, etag: string, comparison: 'weak' | 'strong'): boolean {
  if (list.trim() === '*') return true
  if (comparison === 'strong' && etag.startsWith('W/')) return false
  const opaque = etag.replace(/^W\//, '')
  entityTag.lastIndex = 0
  for (let match = entityTag.exec(list); match !== null; match = entityTag.exec(list)) {
    const listed = match[1] ?? ''
    if (listed === opaque || (comparison === 'weak' && listed === `W/${opaque}`)) return true
  }
  return false
}
