/** Rows of text in columns; a column without anything is left out. `mark` paints one row when it is whole. */
export function table(head: readonly string[], rows: readonly (readonly string[])[], mark: (row: string, index: number) => string): string {
  const used = head.map((_, i) => i).filter((i) => rows.some((row) => row[i] !== ''))
  const widths = used.map((i) => Math.max(...[head, ...rows].map((row) => (row[i] as string).length)))
  const line = (row: readonly string[]): string =>
    used
      .map((column, i) => (row[column] as string).padEnd(widths[i] as number))
      .join('  ')
      .trimEnd()
  return [line(head), ...rows.map((row, i) => mark(line(row), i))].map((it) => `${it}\n`).join('')
}
