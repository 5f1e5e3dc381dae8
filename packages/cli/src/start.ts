import { availableParallelism } from 'node:os'
import { type Args, type Command, entryArgument, servingOptions, UsageError } from './command.ts'
import { findEntry } from './entry.ts'
import { readEnvFile } from './env-file.ts'
import { describeFailure } from './failure.ts'
import { Failed } from './failed.ts'
import { innerFolders } from './inner-folders.ts'
import type { Io } from './io.ts'
import { loadApp, type LoadedApp } from './load-app.ts'
import { syntaxTrouble } from './syntax-trouble.ts'
import { type Loading, prepareTypeScript } from './typescript.ts'
import { requireFree, whereToListen } from './where.ts'

export const start: Command = {
  spec: {
    name: 'start',
    summary: 'Serve for real: NODE_ENV is production unless it is set, nothing is watched, SIGTERM drains and ends it.',
    positional: entryArgument,
    options: {
      ...servingOptions('Default: every address of this machine; in development 127.0.0.1'),
      hosts: {
        type: 'string',
        value: '<names>',
        about: 'Whom requests may be for, by commas: api.example.com,*.example.org. Default: PLINTH_HOSTS, else any',
      },
      transport: {
        type: 'string',
        value: '<name>',
        about: "What speaks HTTP: http1, or node:http, the platform's own. Default: PLINTH_TRANSPORT, else http1 on Node",
      },
      workers: {
        type: 'string',
        short: 'w',
        value: '<number>',
        about: 'Processes that share the port; auto for one a processor. Default: this one alone',
      },
    },
    notes: ['With workers, one that crashes is replaced, and plinth reload (or SIGHUP) replaces all of them without a request that fails.'],
    examples: [
      ['plinth start', 'Serve app.ts or src/app.ts'],
      ['plinth start dist/app.js --port 80', 'Serve what was compiled, on port 80'],
      ['plinth start --workers auto', 'Use every processor of the machine'],
      ['plinth start --hosts api.example.com', 'Refuse requests that name another host'],
    ],
  },
  run,
}

async function run(args: Args, io: Io): Promise<number> {
  const entry = findEntry(args.positional, io.cwd)
  const workers = workersOf(args.text('workers'))
  const variables = readEnvFile(args.text('env-file'), io.cwd)
  const before = { ...process.env }
  for (const [name, value] of Object.entries(variables)) process.env[name] ??= value
  process.env['NODE_ENV'] ??= 'production'
  const where = whereToListen(args, process.env)
  // Before the application is built, whose database may be migrated then.
  await telling(entry, io.cwd, () => requireFree(where))
  if (workers !== undefined) {
    const { serveWorkers } = await import('./workers/serve-workers.ts')
    const env = (): NodeJS.ProcessEnv => ({ NODE_ENV: 'production', ...readEnvFile(args.text('env-file'), io.cwd), ...before })
    return serveWorkers({ entry, where, count: workers, env }, io)
  }
  const app = await importing(entry, io.cwd)
  await telling(entry, io.cwd, () => app.listen(where))
  // It ends by a signal, when nothing keeps the process alive any more.
  return new Promise(() => {})
}

/** More than this are a slip: each is a process with a copy of the application. */
const MOST_WORKERS = 256

function workersOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (text === 'auto') return availableParallelism()
  const count = /^\d{1,4}$/.test(text) ? Number(text) : 0
  if (count < 1 || count > MOST_WORKERS)
    throw new UsageError(`--workers is '${text}': write how many processes, 1 to ${MOST_WORKERS}, or auto`)
  return count
}

/** Imports an application in this process, TypeScript or not. */
export async function importing(entry: string, cwd: string): Promise<LoadedApp> {
  let loading: Loading = { seen: () => [] }
  try {
    loading = await prepareTypeScript(entry)
    return await loadApp(entry, cwd)
  } catch (error) {
    const failure = describeFailure(error, { cwd, inner: innerFolders(entry) })
    throw new Failed(await syntaxTrouble(error, failure, loading.seen(), cwd))
  }
}

/** What fails is told with the places of the user's own code. */
export async function telling<T>(entry: string, cwd: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw error instanceof UsageError ? error : new Failed(describeFailure(error, { cwd, inner: innerFolders(entry) }))
  }
}
