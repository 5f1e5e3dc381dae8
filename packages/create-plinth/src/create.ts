import { relative, sep } from 'node:path'
import { decide, type Decision } from './decide.ts'
import { type Install, install, INTERRUPTED } from './install.ts'
import type { Io } from './io.ts'
import { Made, mustBeFree } from './made.ts'
import type { Args } from './options.ts'
import { inWordsOf, runScript } from './package-manager.ts'
import { type Files, overlay } from './template.ts'

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Makes a project: asks for what the arguments leave open where `io.ask` can, writes the files, installs the dependencies.
 * Where something fails, or a signal comes, what it has made is removed again; a failed installation leaves the files, which
 * are whole. Resolves with the exit code.
 * @throws {UsageError} for a name, an option or a folder that can't be used.
 */
export async function create(args: Args, io: Io): Promise<number> {
  const decision = await decide(args, io)
  const interruption = new AbortController()
  const stop = (): void => interruption.abort()
  for (const signal of signals) process.on(signal, stop)
  try {
    return await make(decision, io, interruption.signal)
  } finally {
    for (const signal of signals) process.off(signal, stop)
  }
}

/** @param installing how dependencies are installed; tests have none to install. */
export async function make(decision: Decision, io: Io, signal: AbortSignal, installing: Install = install): Promise<number> {
  const { folder, name, variant, manager } = decision
  const shown = relative(io.cwd, folder).replaceAll(sep, '/') || '.'
  mustBeFree(folder, shown)
  const files = filesOf(decision)
  const made = new Made(folder)
  const say = (text: string): void => void io.stderr.write(text)
  let failure: string | undefined
  let interrupted = false
  try {
    made.write(files)
    // A signal that came meanwhile is heard now.
    await new Promise(setImmediate)
    if (!signal.aborted) say(`✓ ${name}: ${files.size} files in ${shown} (${variant.name})\n`)
    if (decision.install && !signal.aborted) {
      say(`  ${manager} installs what it needs …\n`)
      const result = await installing(folder, manager, signal)
      if (result === 'interrupted') interrupted = true
      else if (result !== 'installed') failure = result.failed
    }
  } catch (error) {
    made.remove()
    throw error
  }
  if (interrupted || signal.aborted) {
    made.remove()
    say('✗ Interrupted; what was made is removed\n')
    return INTERRUPTED
  }
  if (failure !== undefined) say(`✗ The dependencies are not installed: ${failure}. The files are there; once that is mended:\n`)
  say(`\n${steps(decision, shown, failure !== undefined)}`)
  return failure === undefined ? 0 : 1
}

/** All files of a project: the layers of its variant, and what differs with the package manager, the Dockerfile say. */
export function filesOf({ name, variant, manager }: Pick<Decision, 'name' | 'variant' | 'manager'>): Files {
  const layers = manager === 'npm' ? variant.layers : [...variant.layers, manager]
  const files = new Map(overlay(layers, name))
  for (const [path, content] of files) if (path.endsWith('.md')) files.set(path, inWordsOf(manager, String(content)))
  return files
}

function steps({ variant, manager, install }: Decision, shown: string, failed: boolean): string {
  const rows = variant.first.map(([script, about]) => [runScript(manager, script), about] as const)
  const width = Math.max(...rows.map(([command]) => command.length)) + 3
  return [
    ...(shown === '.' ? [] : [`  cd ${shown}`]),
    ...(install && !failed ? [] : [`  ${manager} install`]),
    ...rows.map(([command, about]) => `  ${command.padEnd(width)}${about}`),
    '',
  ].join('\n')
}
