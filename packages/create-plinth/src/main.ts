import { readFileSync } from 'node:fs'
import { create } from './create.ts'
import type { Io } from './io.ts'
import { nameArgument } from './options.ts'
import { ownOptions, readArgs } from './read-args.ts'
import { UsageError } from './usage-error.ts'

/** What `npm create plinth` runs. Exit codes: 0 done, 1 it failed, 2 it was asked wrongly. */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  try {
    const args = readArgs(argv)
    if (args.flag('help')) {
      io.stdout.write(help())
      return 0
    }
    if (args.flag('version')) {
      const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { readonly version: string }
      io.stdout.write(`${version}\n`)
      return 0
    }
    return await create(args, io)
  } catch (error) {
    if (error instanceof UsageError) {
      io.stderr.write(`✗ ${error.message}\n  see 'npm create plinth@latest -- --help'\n`)
      return 2
    }
    // What keeps a file from being written is no fault of this program: its stack would tell nothing.
    const { code, message } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    io.stderr.write(`✗ The project was not made, and nothing of it is left: ${message}\n`)
    return 1
  }
}

function help(): string {
  const rows = [
    [`[${nameArgument.name}]`, nameArgument.about],
    ...Object.entries(ownOptions).map(([name, { short, value, about }]) => [
      `${short === undefined ? '' : `-${short}, `}--${name}${value === undefined ? '' : ` ${value}`}`,
      about,
    ]),
  ] as const
  const width = Math.max(...rows.map(([first = '']) => first.length)) + 2
  const lines = rows.map(
    ([first = '', second = '']) => `  ${first.padEnd(width)}${second.replace(/(?<=\w)\. /g, `.\n${' '.repeat(width + 2)}`)}\n`,
  )
  return `Usage  npm create plinth@latest [name] -- [options]\n\nMake a new project for the framework plinth.\n\n${lines.join('')}`
}
