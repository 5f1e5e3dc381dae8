import { coloursOf } from './colour.ts'
import type { Failure } from './failure.ts'
import { frameText } from './frame.ts'
import type { Io, Out } from './io.ts'

const indented = (text: string): string => text.replaceAll('\n', '\n    ')

/** A failure as a terminal shows it. */
export function failureText({ title, troubles }: Failure, out: Out, env: Io['env']): string {
  const { bold, cyan, dim, red } = coloursOf(out, env)
  const count = troubles.length > 1 ? `: ${troubles.length} problems` : ''
  const parts = troubles.map(({ message, fix, code, at, frame, through = [] }, i) => {
    const rows = [`${troubles.length > 1 ? `${i + 1}. ` : ''}${indented(message)}`]
    if (at !== undefined) rows.push(`${dim('at ')} ${cyan(at)}`)
    for (const place of through) rows.push(`    ${dim(place)}`)
    if (frame !== undefined) rows.push('', indented(`  ${frameText(frame, red)}`), '')
    if (fix !== undefined) rows.push(`${dim('fix')} ${indented(fix)}${code === undefined ? '' : dim(`  [${code}]`)}`)
    return rows.map((row) => (row === '' ? '' : `  ${row}`)).join('\n')
  })
  return `\n${red('✗')} ${bold(`${title}${count}`)}\n\n${parts.join('\n\n')}\n\n`.replace(/\n{3,}/g, '\n\n')
}
