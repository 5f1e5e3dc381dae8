import { MalformedPath } from './errors.ts'

/**
 * Stands for a slash that was sent as `%2F`, so that a decoded path can still be split on `/`. NUL is free for it:
 * it is refused in paths, and templates cannot contain it.
 */
const SLASH_AS_DATA = '\0'

/**
 * Decodes a whole path once, with slashes that are data kept apart from those that split; {@link restoreSlashes} gives them
 * back. One call for the path equals one for each segment: `/` can't continue an escape or a UTF-8 sequence.
 */
export function decodePath(path: string): string {
  // `%00` is NUL's only spelling; the overlong `%C0%80` is not UTF-8. A raw one would pass for a slash below.
  if (path.includes('%00') || path.includes(SLASH_AS_DATA)) throw new MalformedPath('nul')
  return decode(path.replaceAll('%2F', '%00').replaceAll('%2f', '%00'))
}

export function restoreSlashes(text: string): string {
  return text.includes(SLASH_AS_DATA) ? text.replaceAll(SLASH_AS_DATA, '/') : text
}

/**
 * Splits a raw path, or the raw rest that a wildcard took, and decodes each segment. A segment may contain `/` or `\`, be empty
 * or `..`: whoever joins them into a file name must refuse those. Throws {@link MalformedPath}.
 */
export function decodeSegments(raw: string): readonly string[] {
  return decodePath(raw).split('/').map(restoreSlashes)
}

function decode(text: string): string {
  try {
    // Strict where it matters: refuses overlong forms, surrogates and what is above U+10FFFF.
    return decodeURIComponent(text)
  } catch {
    throw new MalformedPath(/%(?![0-9A-Fa-f]{2})/.test(text) ? 'escape' : 'utf-8')
  }
}
