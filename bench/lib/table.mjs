/** Prints rows (arrays of strings) in columns under `head`; the first column reads from the left, the others from the right. */
export function table(head, rows) {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)))
  const line = (cells) =>
    cells
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : (cell ?? '').padStart(widths[column])))
      .join('  ')
      .trimEnd()
  console.log(line(head))
  console.log(widths.map((width) => '-'.repeat(width)).join('  '))
  for (const row of rows) console.log(line(row))
}

/**
 * Prints how each target of the design stands: `{ what, value, limit, unit }`; a `value` that is no number was not measured.
 * Answers them with their `standing`.
 */
export function targets(list) {
  const standing = ({ value, limit }) => (Number.isFinite(value) ? (value <= limit ? 'reached' : 'NOT REACHED') : 'not measured')
  const evaluated = list.map((one) => ({ ...one, standing: standing(one) }))
  if (list.length === 0) return evaluated
  console.log()
  table(
    ['target', 'measured', 'at most', ''],
    evaluated.map(({ what, value, limit, unit = '', standing }) => [
      what,
      Number.isFinite(value) ? round(value) + unit : '',
      limit + unit,
      standing,
    ]),
  )
  return evaluated
}

export function round(value) {
  return value >= 1000 ? String(Math.round(value)) : value.toFixed(value >= 100 ? 1 : 2)
}

/** `median (min–max)` of a summary. */
export function spread({ median, min, max }) {
  return `${round(median)} (${round(min)}–${round(max)})`
}
