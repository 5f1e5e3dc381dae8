import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseEnv } from 'node:util'
import { UsageError } from './command.ts'
import { shown } from './entry.ts'

/**
 * The variables of the file that `--env-file` names. What the environment has already wins over them.
 * @throws {UsageError}
 */
export function readEnvFile(given: string | undefined, cwd: string): { readonly [name: string]: string | undefined } {
  if (given === undefined) return {}
  const path = resolve(cwd, given)
  try {
    return parseEnv(readFileSync(path, 'utf8'))
  } catch (error) {
    const { code = 'unknown' } = error as { readonly code?: string }
    throw new UsageError(
      code === 'ENOENT' ? `--env-file: there is no file ${shown(path, cwd)}` : `--env-file: ${shown(path, cwd)} can't be read (${code})`,
    )
  }
}
