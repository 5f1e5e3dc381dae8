import { type Args, type Command, entryArgument, UsageError } from './command.ts'
import { findEntry, shown } from './entry.ts'
import { Failed } from './failed.ts'
import type { Io } from './io.ts'
import { askToReload, findPrimaries } from './workers/control.ts'

export const reload: Command = {
  spec: {
    name: 'reload',
    summary: 'Replace the workers of a running plinth start --workers one by one, without a request that fails.',
    positional: entryArgument,
    options: {
      pid: { type: 'string', value: '<number>', about: 'Which one, where several serve the same file' },
    },
    notes: [
      'New code and new variables are read; the port and the number of workers stay. What cannot start replaces nothing.',
      'Elsewhere than on Windows, SIGHUP to the process of plinth start does the same.',
    ],
    examples: [
      ['plinth reload', 'Replace those that serve app.ts or src/app.ts'],
      ['plinth reload dist/app.js --pid 4711', 'Replace those of one process'],
    ],
  },
  run,
}

async function run(args: Args, io: Io): Promise<number> {
  const entry = findEntry(args.positional, io.cwd)
  const wanted = pidOf(args.text('pid'))
  const found = findPrimaries(entry, io.platform)
  const pids = wanted === undefined ? found : found.filter((it) => it === wanted)
  const [pid, another] = pids
  if (pid === undefined) {
    const what = wanted === undefined ? 'No process of this user serves' : `The process ${wanted} does not serve`
    const message = `${what} ${shown(entry, io.cwd)} with workers`
    throw new Failed({ title: 'There is nothing to reload', troubles: [{ message, fix: 'start it with plinth start --workers auto' }] })
  }
  if (another !== undefined) {
    throw new UsageError(`${shown(entry, io.cwd)} is served by the processes ${pids.join(', ')}: say which with --pid`)
  }
  await askToReload(
    entry,
    pid,
    (answer) => {
      if (answer.type === 'rolled') io.stderr.write(`${answer.worker} of ${answer.of} replaced\n`)
    },
    io.platform,
  )
  return 0
}

function pidOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (!/^[1-9]\d{0,9}$/.test(text)) throw new UsageError(`--pid is '${text}': write the number of a process`)
  return Number(text)
}
