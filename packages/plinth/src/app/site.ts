/** Where in the user's code something was defined. Captured cheaply, spelt out only when a boot error needs it. */
export interface Site {
  /** `routes/users.ts:12:5`, relative to the working directory where there is one. */
  short(): string
}

interface StackHolder {
  stack?: string
}

class StackSite implements Site {
  readonly #holder: StackHolder

  constructor(holder: StackHolder) {
    this.#holder = holder
  }

  short(): string {
    const line = ((this.#holder.stack ?? '').split('\n')[1] ?? '').trim()
    // `at name (place)` or `at place`; a folder's name may have blanks and brackets too.
    const place = line.endsWith(')') ? line.slice(line.indexOf(' (') + 2, -1) : line.replace(/^at (?:async )?/, '')
    if (!/:\d+:\d+$/.test(place)) return 'an unknown place'
    const path = place.startsWith('file://') ? decoded(place.slice(7)) : place
    const here = workingDirectory()
    return here && path.startsWith(`${here}/`) ? path.slice(here.length + 1) : path
  }
}

function workingDirectory(): string | undefined {
  try {
    return (globalThis as { process?: { cwd?: () => string } }).process?.cwd?.()
  } catch {
    // Deno refuses by permission, and a folder may be gone.
    return undefined
  }
}

/** Only URLs are encoded: a plain path may have a `%` of its own. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

const nowhere: Site = { short: () => 'an unknown place' }

type Capturing = { captureStackTrace?: (holder: object, below: Function) => void; stackTraceLimit?: number }

/** The caller of `below`. V8 and JavaScriptCore (Bun) know `captureStackTrace`; elsewhere the place stays unknown. */
export function definitionSite(below: Function): Site {
  const engine = Error as unknown as Capturing
  if (!engine.captureStackTrace) return nowhere
  const limit = engine.stackTraceLimit
  engine.stackTraceLimit = 1
  const holder: StackHolder = {}
  engine.captureStackTrace(holder, below)
  engine.stackTraceLimit = limit ?? 10
  return new StackSite(holder)
}
