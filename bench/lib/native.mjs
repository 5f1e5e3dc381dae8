import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const peers = fileURLToPath(new URL('../node_modules/', import.meta.url))

/** The last line that a failed command printed, which is where compilers and loaders say why. */
function failure({ error, status, stderr }) {
  return error?.code === 'ENOENT'
    ? 'is not installed'
    : `fails with ${status ?? error?.message}: ${stderr?.trim().split('\n').at(-1) ?? ''}`
}

/**
 * A program made from a source of ours by the machine's own compiler, when first asked for, in a folder that goes with this process.
 * `compile(file, source)` is the command that makes it. `available()` answers true, or why there is no such program.
 */
export function compiled(source, compile) {
  let made
  const make = () => {
    const folder = mkdtempSync(join(tmpdir(), 'bench-'))
    process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
    const file = join(folder, 'program')
    const [compiler, ...args] = compile(file, source)
    const result = spawnSync(compiler, args, { encoding: 'utf8' })
    return { file, answer: result.status === 0 || `${compiler} ${failure(result)}` }
  }
  return {
    available: () => (made ??= make()).answer,
    get file() {
      return (made ??= make()).file
    },
  }
}

/**
 * Bun's program, out of the package that npm chose for this platform. Not the one that its postinstall script puts in place:
 * peers are installed without scripts.
 */
export function bunProgram() {
  let found
  const find = () => {
    let names = []
    try {
      names = readdirSync(join(peers, '@oven'))
    } catch (error) {
      if (error.code !== 'ENOENT') throw error
    }
    let why = `npm has none for ${process.platform} ${process.arch}`
    for (const name of names) {
      const file = join(peers, '@oven', name, 'bin', process.platform === 'win32' ? 'bun.exe' : 'bun')
      const result = spawnSync(file, ['--version'], { encoding: 'utf8' })
      if (result.status === 0) return { file, answer: true }
      why = `${name} ${failure(result)}`
    }
    return { answer: why }
  }
  return {
    available: () => (found ??= find()).answer,
    get file() {
      return (found ??= find()).file
    },
  }
}
