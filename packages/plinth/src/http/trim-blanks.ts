/**
 * `text` from `start` to `end` without spaces and tabs around it: what HTTP calls optional whitespace (RFC 9110 §5.6.3). `String.trim`
 * would also take U+00A0 and others, so that two spellings would be one name; a pattern for the end of the text would try each run of
 * blanks from each of its places.
 */
export function trimBlanks(text: string, start = 0, end: number = text.length): string {
  while (start < end && isBlank(text.charCodeAt(start))) start++
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--
  return text.slice(start, end)
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09
}
