/**
 * Counts of one report of Stryker's. A loop that was stopped because it took a hundred times its steps was noticed, as any test that
 * never ends is. A run that the clock stopped may only have met a busy machine, so it is shown apart and not counted as noticed.
 */
export function counted(name, report) {
  const row = { name, killed: 0, endless: 0, clock: 0, survived: 0, uncovered: 0, score: 0 }
  for (const { mutants } of Object.values(report.files)) {
    for (const { status, statusReason } of mutants) {
      if (status === 'Killed') row.killed++
      else if (status === 'Timeout') row[statusReason?.startsWith('Hit limit reached') ? 'endless' : 'clock']++
      else if (status === 'Survived') row.survived++
      else if (status === 'NoCoverage') row.uncovered++
    }
  }
  const all = row.killed + row.endless + row.clock + row.survived + row.uncovered
  // A group without a mutant has lost its files.
  row.score = all === 0 ? 0 : (100 * (row.killed + row.endless)) / all
  return row
}

const columns = [
  ['group', (row) => row.name],
  ['killed', (row) => row.killed],
  ['endless loop', (row) => row.endless],
  ['out of time', (row) => row.clock],
  ['survived', (row) => row.survived],
  ['not covered', (row) => row.uncovered],
  ['score', (row) => `${(Math.floor(row.score * 100) / 100).toFixed(2)} %`],
]

export function tableOf(rows) {
  const cells = [columns.map(([title]) => title), ...rows.map((row) => columns.map(([, cell]) => String(cell(row))))]
  const widths = columns.map((_, at) => Math.max(...cells.map((line) => line[at].length)))
  return cells.map((line) => line.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]) : cell.padStart(widths[at]))).join('  ')).join('\n')
}
