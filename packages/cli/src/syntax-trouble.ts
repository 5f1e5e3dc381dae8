import { readFile } from 'node:fs/promises'
import { shown } from './entry.ts'
import type { Failure } from './failure.ts'
import { frameOf } from './frame.ts'
import { optionsFor, type SeenFile, syntaxError } from './transform.ts'
import { ownPlaces } from './stack.ts'

/** Of a module in JavaScript that does not parse, Node tells the words and not the place. Finds it among what was loaded. */
export async function syntaxTrouble(error: unknown, failure: Failure, files: readonly SeenFile[], cwd: string): Promise<Failure> {
  const [first] = failure.troubles
  if (!(error instanceof SyntaxError) || first === undefined || first.at !== undefined) return failure
  const { transform } = await import('esbuild')
  for (const { path } of files.toReversed()) {
    if (!/\.[cm]?jsx?$/.test(path)) continue
    const text = await readFile(path, 'utf8').catch(() => '')
    const place = await transform(text, { ...optionsFor(path), loader: 'js', sourcemap: false }).then(
      () => undefined,
      (found: unknown) => ownPlaces(syntaxError(found, path).stack ?? '', [])[0],
    )
    if (place === undefined) continue
    const frame = frameOf(place)
    const at = `${shown(place.path, cwd)}:${place.line}:${place.column}`
    return { ...failure, troubles: [{ ...first, at, ...(frame !== undefined && { frame }) }] }
  }
  return failure
}
