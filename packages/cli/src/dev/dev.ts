import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { coloursOf } from '../colour.ts'
import { type Args, type Command, entryArgument, servingOptions } from '../command.ts'
import { findEntry, shown } from '../entry.ts'
import { readEnvFile } from '../env-file.ts'
import type { Io } from '../io.ts'
import { portOf } from '../read-args.ts'
import { version } from '../version.ts'
import { Supervisor } from './supervisor.ts'

const SLOW_MS = 10_000

/** What ends it. Windows has no SIGTERM, but tells when its console is closed or Ctrl-Break is pressed. */
export function stopSignals(platform: NodeJS.Platform): readonly NodeJS.Signals[] {
  return platform === 'win32' ? ['SIGINT', 'SIGHUP', 'SIGBREAK'] : ['SIGINT', 'SIGTERM', 'SIGHUP']
}

/** As one types it into a browser. */
export function addressOf(host: string, port: number): string {
  const name = ['127.0.0.1', '::1', '0.0.0.0', '::'].includes(host) ? 'localhost' : host.includes(':') ? `[${host}]` : host
  return `http://${name}:${port}`
}

export const dev: Command = {
  spec: {
    name: 'dev',
    summary: 'Serve while you write: TypeScript as it is, restart on every change, errors readable in terminal and browser.',
    positional: entryArgument,
    options: servingOptions('Default: 127.0.0.1, this machine alone; 0.0.0.0 for the whole network'),
    notes: ['Types are taken away, not checked: run tsc --noEmit beside it.'],
    examples: [
      ['plinth dev', 'Serve app.ts or src/app.ts'],
      ['plinth dev server.ts --port 8080', 'Serve another file on another port'],
    ],
  },
  run,
}

async function run(args: Args, io: Io): Promise<number> {
  const entry = findEntry(args.positional, io.cwd)
  const given = args.text('env-file')
  const envOf = (): NodeJS.ProcessEnv => {
    const own = { ...readEnvFile(given, io.cwd), ...io.env }
    return { ...own, NODE_ENV: own['NODE_ENV'] ?? 'development' }
  }
  const env = envOf()
  const host = args.text('host') ?? '127.0.0.1'
  const port = portOf(args.text('port'), '--port') ?? portOf(env['PORT'], 'PORT') ?? 3000
  const mode = env['NODE_ENV']
  const { bold, cyan, dim, green, yellow } = coloursOf(io.stderr, io.env)
  const say = (text: string): void => void io.stderr.write(text)
  let since = 0
  let address = ''
  let slow: NodeJS.Timeout | undefined
  const begin = (at: number): void => {
    since = at
    clearTimeout(slow)
    slow = setTimeout(() => say(`${yellow('…')} still loading; requests wait\n`), SLOW_MS)
    slow.unref()
  }
  const supervisor = new Supervisor(
    {
      script: fileURLToPath(new URL('./child.js', import.meta.url)),
      entry,
      cwd: io.cwd,
      port,
      host,
      env: () => {
        try {
          return envOf()
        } catch {
          // The file of variables is being written, or gone: those that were read last still hold.
          return env
        }
      },
      envFiles: [
        ...['.env', '.env.local', `.env.${mode}`, `.env.${mode}.local`].map((name) => join(io.cwd, name)),
        ...(given === undefined ? [] : [resolve(io.cwd, given)]),
      ],
    },
    {
      changed: (path) => {
        say(`${dim('↻')} ${shown(path, io.cwd)} changed\n`)
        begin(performance.now())
      },
      failed: async (failure) => {
        clearTimeout(slow)
        const { failureText } = await import('../failure-text.ts')
        say(failureText(failure, io.stderr, io.env))
        say(dim(`  waiting for a change; ${address} shows this too\n`))
      },
      ready: ({ routes, docs }, restarted) => {
        clearTimeout(slow)
        const ms = Math.round(performance.now() - since)
        if (restarted) return say(`${green('✓')} ready again in ${ms} ms\n`)
        const count = `${routes} ${routes === 1 ? 'route' : 'routes'}`
        const documentation = docs === undefined ? '' : `  ${cyan(`${address}${docs}`)}  ${dim('documentation')}\n`
        say(`\n  ${bold('plinth')} ${version()}  ${dim(`ready in ${ms} ms, ${count}`)}\n\n  ${cyan(address)}\n${documentation}\n`)
      },
    },
  )
  begin(0)
  const stopped = new Promise<void>((done) => {
    for (const signal of stopSignals(io.platform)) process.once(signal, () => done())
  })
  const listening = await supervisor.listen()
  address = addressOf(host, listening.port)
  await stopped
  await supervisor.close()
  return 0
}
