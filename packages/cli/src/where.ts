import type { ListenSettings } from 'plinth'
import { type Args, UsageError } from './command.ts'
import { portOf } from './read-args.ts'
import { silent } from './silent.ts'

const transports = ['http1', 'node:http'] as const

/** How an application is to listen. Plain data: workers are told it. */
export type Where = Pick<ListenSettings, 'hostname' | 'hosts'> & {
  readonly port: number
  readonly transport?: (typeof transports)[number]
}

/**
 * What flags say, else variables.
 * @throws {UsageError}
 */
export function whereToListen(args: Args, env: NodeJS.ProcessEnv): Where {
  const hostname = args.text('host')
  const hosts = args.text('hosts') ?? env['PLINTH_HOSTS']
  const transport = transportOf(args.text('transport'), '--transport') ?? transportOf(env['PLINTH_TRANSPORT'], 'PLINTH_TRANSPORT')
  return {
    port: portOf(args.text('port'), '--port') ?? portOf(env['PORT'], 'PORT') ?? 3000,
    ...(hostname !== undefined && { hostname }),
    ...(hosts !== undefined && hosts !== '' && { hosts: hosts.split(',').map((it) => it.trim()) }),
    ...(transport !== undefined && { transport }),
  }
}

function transportOf(text: string | undefined, from: string): Where['transport'] {
  if (text === undefined || text === '') return undefined
  const known = transports.find((it) => it === text)
  if (known === undefined) throw new UsageError(`${from} is '${text}': there are ${transports.join(' and ')}`)
  return known
}

/**
 * Listens for a moment, with nothing to serve: only that tells whether the port can be had, and what else is wrong with `where`.
 * @throws {UsageError} for hosts that are none, and what listening throws.
 */
export async function requireFree(where: Where): Promise<void> {
  const { core } = await import('plinth')
  try {
    const running = await core().listen({ ...where, signals: false, log: silent })
    await running.close()
  } catch (error) {
    if (error instanceof TypeError && where.hosts !== undefined) throw new UsageError(error.message.replace(/^listen: /, ''))
    throw error
  }
}
