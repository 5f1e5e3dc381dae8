import { coloursOf } from './colour.ts'
import type { CommandSpec } from './command.ts'
import type { Io, Out } from './io.ts'
import { optionsOf } from './read-args.ts'

export interface Listed {
  readonly name: string
  readonly summary: string
}

/** Rows of two columns, the second wrapped under itself. */
export function columns(rows: readonly (readonly [string, string])[], width: number): string {
  const left = Math.max(...rows.map(([first]) => first.length)) + 2
  const room = Math.max(30, width - left - 2)
  return rows
    .map(([first, second]) => {
      const lines: string[] = []
      let line = ''
      for (const word of second.split(' ')) {
        if (line !== '' && line.length + word.length + 1 > room) {
          lines.push(line)
          line = word
        } else line = line === '' ? word : `${line} ${word}`
      }
      lines.push(line)
      return `  ${first.padEnd(left)}${lines.join(`\n${' '.repeat(left + 2)}`)}\n`
    })
    .join('')
}

/** What `plinth --help` says. */
export function generalHelp(commands: readonly Listed[], out: Out, env: Io['env']): string {
  const { bold } = coloursOf(out, env)
  const width = Math.min(out.columns ?? 100, 100)
  return `${bold('Usage')}  plinth <command> [options]

${columns(
  commands.map(({ name, summary }) => [name, summary]),
  width,
)}  
${columns(
  [
    ['-h, --help', 'Show this; plinth help <command> tells of one command'],
    ['-v, --version', 'Show the version'],
  ],
  width,
)}`.replace(/ +$/gm, '')
}

/** What `plinth help dev` says. */
export function commandHelp(spec: CommandSpec, out: Out, env: Io['env']): string {
  const { bold } = coloursOf(out, env)
  const width = Math.min(out.columns ?? 100, 100)
  const { name, summary, positional, notes = [], examples } = spec
  const options = Object.entries(optionsOf(spec)).map(
    ([option, it]) => [`${it.short ? `-${it.short}, ` : ''}--${option}${it.value ? ` ${it.value}` : ''}`, it.about] as const,
  )
  const parts = [
    `${bold('Usage')}  plinth ${name}${positional ? ` [${positional.name}]` : ''} [options]\n\n${summary}\n`,
    `${positional ? columns([[`[${positional.name}]`, positional.about]], width) : ''}${columns(options, width)}`,
  ]
  if (notes.length > 0) parts.push(`${notes.join('\n')}\n`)
  parts.push(columns(examples, width))
  return parts.join('\n')
}
