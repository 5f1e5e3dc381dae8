/** Lines of fields (RFC 4180): quotes hold commas, line breaks and doubled quotes. Empty lines are none. */
export function parseCsv(text: string): string[][] {
  const lines: string[][] = []
  let line: string[] = []
  let at = 0
  const field = /"((?:[^"]|"")*)"|([^,\r\n]*)/y
  while (at < text.length) {
    field.lastIndex = at
    const match = field.exec(text)!
    line.push(match[1] === undefined ? match[2]! : match[1].replaceAll('""', '"'))
    at = field.lastIndex
    if (text[at] === ',') {
      at++
      if (at < text.length) continue
      line.push('')
    }
    const isBreak = text[at] === '\n' || text[at] === '\r'
    if (at < text.length && !isBreak) {
      // Something behind a closing quote belongs to the field all the same.
      const rest = /[^,\r\n]*/y
      rest.lastIndex = at
      line[line.length - 1] += rest.exec(text)![0]
      at = rest.lastIndex
      if (text[at] === ',') {
        at++
        continue
      }
    }
    if (line.length > 1 || line[0] !== '') lines.push(line)
    line = []
    if (text[at] === '\r') at++
    if (text[at] === '\n') at++
  }
  return lines
}
