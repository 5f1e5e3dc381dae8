import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { spawn } from 'node:child_process'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

export const root = join(dirname(fileURLToPath(import.meta.url)), '..')

/** Scratch space of the tools: ignored by git, safe to delete. */
export const scratch = join(root, '.plinth')

export function readJson(path) {
  return JSON.parse(readFileSync(path, 'utf8'))
}

/** The workspace's packages that have sources, each after those it depends on. */
export function packages() {
  const all = readdirSync(join(root, 'packages'))
    .map((folder) => join(root, 'packages', folder))
    .filter((folder) => existsSync(join(folder, 'package.json')))
    .map((folder) => ({ folder, manifest: readJson(join(folder, 'package.json')) }))
    .map(({ folder, manifest }) => ({ folder, manifest, name: manifest.name, hasSource: files(join(folder, 'src'), /\.tsx?$/).length > 0 }))
  const ordered = []
  const visit = (it, path) => {
    if (ordered.includes(it)) return
    if (path.includes(it)) throw new Error(`packages depend on each other in a cycle: ${[...path, it].map((p) => p.name).join(' → ')}`)
    for (const name of Object.keys({ ...it.manifest.dependencies, ...it.manifest.peerDependencies })) {
      const needed = all.find((other) => other.name === name)
      if (needed !== undefined) visit(needed, [...path, it])
    }
    ordered.push(it)
  }
  for (const it of all) visit(it, [])
  return ordered.filter((it) => it.hasSource)
}

/** Those of {@link packages} that users get. One that is still being made is private: it is built and tested, but not yet promised. */
export function published() {
  return packages().filter(({ manifest }) => manifest.private !== true)
}

/**
 * Every public entry of a package, from its `exports`: what is imported, the built file, the source it is built from.
 * This is the one place that knows how `dist` maps to `src`.
 */
export function entries({ folder, manifest, name }) {
  return Object.entries(manifest.exports ?? {})
    .filter(([subpath]) => subpath !== './package.json' && !subpath.includes('*'))
    .map(([subpath, target]) => {
      const built = typeof target === 'string' ? target : (target.default ?? target.node)
      if (typeof built !== 'string') throw new Error(`${name}: exports["${subpath}"] has neither "default" nor "node"`)
      return {
        subpath,
        specifier: subpath === '.' ? name : `${name}${subpath.slice(1)}`,
        built: join(folder, built),
        types: join(folder, target.types ?? built.replace(/\.js$/, '.d.ts')),
        source: join(folder, built.replace(/^\.\/dist\//, 'src/').replace(/\.js$/, '.ts')),
      }
    })
}

/** `plinth`, `plinth/client`, … to the source file of each, for vitest and for tsconfig's `paths`. */
export function sourceAliases() {
  return packages().flatMap((it) => entries(it).map(({ specifier, source }) => [specifier, source]))
}

/** Files below `folder` whose path matches, sorted; none when the folder does not exist. */
export function files(folder, pattern) {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((it) => it.isFile())
    .map((it) => join(it.parentPath ?? it.path, it.name))
    .filter((path) => pattern.test(path) && !/[\\/](node_modules|dist|coverage)[\\/]/.test(path))
    .sort()
}

export function fromRoot(path) {
  return relative(root, path).replaceAll('\\', '/')
}

/** Runs a command, collecting what it prints; resolves whatever its exit code, which is 1 where a signal ended it. */
export function run(command, args, { cwd = root, env = {}, timeout = 600_000, echo = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      timeout,
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
    })
    let output = ''
    let stdout = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8')
      stream.on('data', (text) => {
        output += text
        if (stream === child.stdout) stdout += text
        if (echo) process.stdout.write(text)
      })
    }
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ code: code ?? 1, signal, output, stdout }))
  })
}

/** Goes on as another program, in this process: a child would stay behind when the gate ends this one. */
export async function become(file, args) {
  process.argv = [process.execPath, file, ...args]
  await import(pathToFileURL(file).href)
}

/** A program installed in the workspace, as arguments to `run(process.execPath, …)`. */
export function bin(name, from = root) {
  const folder = join(from, 'node_modules', name)
  const manifest = readJson(join(folder, 'package.json'))
  const file = typeof manifest.bin === 'string' ? manifest.bin : (manifest.bin[name] ?? Object.values(manifest.bin)[0])
  return join(folder, file)
}

export function tsc(args, options) {
  return run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '--pretty', 'false', ...args], options)
}

/** Ends a check: prints what is wrong and sets the exit code, or prints the one line that says what was looked at. */
export function conclude(problems, fine) {
  for (const problem of problems) console.error(problem)
  if (problems.length > 0) {
    console.error(`${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}`)
    process.exitCode = 1
  } else console.log(fine)
}
