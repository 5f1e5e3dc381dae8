import type { BootProblem, Mode } from '../app/index.ts'
import { builtin, environment } from '../internal/builtin.ts'
import { type EnvEntry, parseEnvFile } from './env-file.ts'

export interface SourceOptions {
  readonly mode: Mode
  readonly env: { readonly [name: string]: string | undefined } | undefined
  readonly directory: string | undefined
  readonly files: boolean
}

/** Where texts come from, what wins first. */
export interface Source {
  readonly kind: 'environment' | 'file'
  readonly label: string
  find(name: string): { readonly text: string; readonly place: string } | undefined
  names(): Iterable<string>
}

interface Files {
  readFileSync(path: string, encoding: 'utf8'): string
}

/** What `NODE_ENV` says; `development` without it. */
export function modeIn(env: { readonly [name: string]: string | undefined }): Mode {
  const named = env['NODE_ENV']
  return named === 'production' || named === 'test' ? named : 'development'
}

/** `.env` files of a mode, what wins first. */
export function fileNames(mode: Mode): readonly string[] {
  const names = [`.env.${mode}.local`, '.env.local', `.env.${mode}`, '.env']
  // One's own settings must not decide whether a test passes.
  return mode === 'test' ? names.filter((it) => it !== '.env.local') : names
}

/** The process's environment first, then files: whoever runs the process decides. Faults of files go to `problems`. */
export function sourcesOf(options: SourceOptions, problems: BootProblem[]): Source[] {
  const sources: Source[] = [new EnvironmentSource(options.env ?? environment())]
  const files = options.files ? builtin<Files>('node:fs') : undefined
  if (files === undefined) return sources
  for (const name of fileNames(options.mode)) {
    const path = options.directory === undefined ? name : `${options.directory.replace(/[/\\]$/, '')}/${name}`
    const entries = entriesOf(files, path, name, problems)
    if (entries !== undefined) sources.push(new FileSource(name, entries))
  }
  return sources
}

function entriesOf(files: Files, path: string, name: string, problems: BootProblem[]): ReadonlyMap<string, EnvEntry> | undefined {
  let text: string
  try {
    text = files.readFileSync(path, 'utf8')
  } catch (error) {
    const { code = 'unknown' } = error as { code?: string }
    if (code !== 'ENOENT' && code !== 'ENOTDIR') {
      problems.push({
        code: 'config-file',
        message: `${name} can't be read (${code})`,
        fix: 'let the process read it, or remove it',
        at: name,
      })
    }
    return undefined
  }
  const { entries, faults } = parseEnvFile(text)
  for (const { line, message, fix } of faults)
    problems.push({ code: 'config-file', message: `${name}, line ${line}: ${message}`, fix, at: `${name}:${line}` })
  return entries
}

class EnvironmentSource implements Source {
  readonly kind = 'environment' as const
  readonly label = 'the environment'
  readonly #env: { readonly [name: string]: string | undefined }

  constructor(env: { readonly [name: string]: string | undefined }) {
    this.#env = env
  }

  find(name: string): { readonly text: string; readonly place: string } | undefined {
    const text = Object.hasOwn(this.#env, name) ? this.#env[name] : undefined
    // `NAME=` is how compose files and CI spell "not set".
    return text === undefined || text === '' ? undefined : { text, place: 'environment' }
  }

  names(): Iterable<string> {
    return Object.keys(this.#env)
  }
}

class FileSource implements Source {
  readonly kind = 'file' as const
  readonly label: string
  readonly #entries: ReadonlyMap<string, EnvEntry>

  constructor(label: string, entries: ReadonlyMap<string, EnvEntry>) {
    this.label = label
    this.#entries = entries
  }

  find(name: string): { readonly text: string; readonly place: string } | undefined {
    const entry = this.#entries.get(name)
    return entry === undefined || entry.value === '' ? undefined : { text: entry.value, place: `${this.label}:${entry.line}` }
  }

  names(): Iterable<string> {
    return this.#entries.keys()
  }
}
