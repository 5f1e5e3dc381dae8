import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { service } from 'plinth'

export interface Figure {
  readonly shape: string
  readonly contender: string
  /** CPU time that a request costs the server, in microseconds: the median of the run's rounds. */
  readonly micros: number
}

export type Measurements =
  | { readonly found: true; readonly file: string; readonly at: string; readonly node?: string; readonly figures: readonly Figure[] }
  | { readonly found: false; readonly why: string }

/** The header set of a browser: what a server meets. */
const HEADERS = 'browser'

interface Kept {
  readonly at: string
  readonly machine?: { readonly node?: string }
  readonly results: readonly {
    readonly shape: string
    readonly headers: string
    readonly title?: string
    readonly contender: string
    /** Missing where the server failed under load. */
    readonly micros?: { readonly median: number }
    readonly failed?: string
  }[]
}

/** The newest figures that `npm run bench -- http` kept in `folder`. Where there are none it says so: they are never made up. */
export async function readMeasurements(folder: string): Promise<Measurements> {
  const names = await readdir(folder).catch(() => [])
  const file = names
    .filter((name) => /^http-.*\.json$/.test(name))
    .sort()
    .at(-1)
  if (file === undefined) return { found: false, why: 'nothing was measured here: `npm run bench -- http` does it' }
  try {
    const { at, machine, results } = JSON.parse(await readFile(join(folder, file), 'utf8')) as Kept
    const figures = results
      .filter((it) => it.headers === HEADERS && it.failed === undefined)
      .map((it) => ({ shape: it.shape, contender: it.title ?? it.contender, micros: it.micros?.median ?? NaN }))
    if (figures.length === 0 || figures.some((it) => !Number.isFinite(it.micros)) || Number.isNaN(Date.parse(at)))
      throw new TypeError('no figures')
    return { found: true, file, at, ...(machine?.node !== undefined && { node: machine.node }), figures }
  } catch {
    return { found: false, why: `${file} does not hold the figures of a whole run` }
  }
}

export const Measured = service('measured', () => readMeasurements(join(import.meta.dirname, '../../bench/results')))
