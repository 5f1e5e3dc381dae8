import { resolve } from 'node:path'
import { shown } from './entry.ts'
import { type Frame, frameOf, type Place } from './frame.ts'
import { importPlace, missingModule } from './missing-module.ts'
import { ownPlaces, placeOf } from './stack.ts'

/** One thing that went wrong, as terminals and pages show it. Plain data: it travels between processes. */
export interface Trouble {
  readonly message: string
  readonly fix?: string
  readonly code?: string
  /** `src/app.ts:12:5`. */
  readonly at?: string
  readonly frame?: Frame
  /** Further places of the user's own that led there. */
  readonly through?: readonly string[]
}

export interface Failure {
  readonly title: string
  readonly troubles: readonly Trouble[]
  /** Paths that were looked for and not found: what appears there may heal it. */
  readonly missing?: readonly string[]
}

export interface Surroundings {
  readonly cwd: string
  /** Folders whose stack lines say nothing to the user. */
  readonly inner?: readonly string[]
  readonly title?: string
}

interface BootLike {
  readonly problems: readonly {
    readonly code: string
    readonly message: string
    readonly fix: string
    readonly at?: string
    readonly cause?: unknown
  }[]
}

const TITLE = "The application can't start"

/** By shape, not by class: the application may bring a copy of the framework of its own. */
function isBootError(error: unknown): error is BootLike {
  const it = error as Partial<BootLike & Error> | null
  return typeof it === 'object' && it !== null && it.name === 'BootError' && Array.isArray(it.problems)
}

/** Whatever was thrown, told for people. Never throws itself. */
export function describeFailure(error: unknown, around: Surroundings): Failure {
  const { title = TITLE } = around
  if (isBootError(error)) return { title, troubles: error.problems.map((it) => bootTrouble(it, around)) }
  const wanted = missingModule(error)
  if (wanted !== undefined) {
    const { message, fix, from, specifier, path } = wanted
    const where = from === undefined ? undefined : importPlace(from, specifier)
    return {
      title,
      troubles: [{ message, fix, code: 'module-not-found', ...located(where, around) }],
      ...(path !== undefined && { missing: [path] }),
    }
  }
  return { title, troubles: [trouble(error, around)] }
}

function bootTrouble(it: BootLike['problems'][number], around: Surroundings): Trouble {
  const place = it.at === undefined ? undefined : placeOf(resolve(around.cwd, it.at))
  const thrown = it.cause instanceof Error ? ownPlaces(it.cause.stack ?? '', around.inner ?? []) : []
  // What threw inside a service says more than where the service is defined.
  const [first, ...rest] = thrown.length > 0 ? thrown : place === undefined ? [] : [place]
  return {
    message: it.message,
    fix: it.fix,
    code: it.code,
    ...(first === undefined ? it.at !== undefined && { at: it.at } : located(first, around)),
    ...(rest.length > 0 && { through: rest.map((one) => spelt(one, around)) }),
  }
}

function trouble(error: unknown, around: Surroundings): Trouble {
  if (!(error instanceof Error)) return { message: `Something was thrown that is no error: ${plain(error)}` }
  const { fix, at, code } = error as { readonly fix?: unknown; readonly at?: unknown; readonly code?: unknown }
  const [first, ...rest] = ownPlaces(error.stack ?? '', around.inner ?? [])
  const name = error.name === 'Error' || error.name === 'NoApplication' ? '' : `${error.name}: `
  const mend = typeof fix === 'string' ? fix : fixOf(error)
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : ''
  return {
    message: `${name}${error.message || 'an error without a message'}${cause}`,
    ...(mend !== undefined && { fix: mend }),
    ...(typeof code === 'string' && { code }),
    ...(typeof at === 'string' ? { at } : located(first, around)),
    ...(rest.length > 0 && { through: rest.slice(0, 5).map((it) => spelt(it, around)) }),
  }
}

function plain(value: unknown): string {
  try {
    return (typeof value === 'string' ? value : JSON.stringify(value))?.slice(0, 200) ?? typeof value
  } catch {
    return typeof value
  }
}

function fixOf({ message, ...error }: Error & { readonly code?: unknown; readonly port?: unknown }): string | undefined {
  if (/does not provide an export named/.test(message)) return 'correct the name; import a type with `import type`'
  if (error.code === 'EADDRINUSE') return 'stop what listens there, or take another port with --port'
  if (error.code === 'EACCES' && error.port !== undefined) return 'ports below 1024 need rights; take another with --port'
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND') return 'name an address of this machine with --host'
  return undefined
}

function spelt({ path, line, column }: Place, { cwd }: Surroundings): string {
  return `${shown(path, cwd)}:${line}:${column}`
}

function located(place: Place | undefined, around: Surroundings): Pick<Trouble, 'at' | 'frame'> {
  if (place === undefined) return {}
  const frame = frameOf(place)
  return { at: spelt(place, around), ...(frame !== undefined && { frame }) }
}
