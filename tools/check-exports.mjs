// Every public entry exists as built, loads in Node, and can be loaded where there is no `node:` (the conditions of Workers).
import { existsSync } from 'node:fs'
import { build } from 'esbuild'
import { conclude, entries, fromRoot, packages, run } from './workspace.mjs'

/** Pools of connections over TCP, and a database in a thread: there is nothing of it that a Worker could run. */
const packagesForNode = new Set(['@plinth/data'])
/** Entries that say in their name that they are for Node, packages that are programs, and those above. */
const forNode = ({ subpath }, { manifest }) =>
  /^\.\/(node|testing)(\/|$)/.test(subpath) || manifest.bin !== undefined || packagesForNode.has(manifest.name)

const problems = []
let count = 0

for (const it of packages()) {
  for (const entry of entries(it)) {
    count++
    const missing = [entry.built, entry.types].filter((path) => !existsSync(path))
    if (missing.length > 0) {
      problems.push(`${entry.specifier}: ${missing.map(fromRoot).join(' and ')} not built`)
      continue
    }
    problems.push(...(await loads(entry, [])))
    if (!forNode(entry, it)) {
      problems.push(...(await loads(entry, ['--conditions=workerd', '--conditions=worker'])))
      problems.push(...(await staticallyFreeOfNode(entry)))
    }
  }
}
conclude(problems, `${count} entries load, under Workers conditions too`)

/** In a process of its own, from the workspace's root, by the name that users write. */
async function loads({ specifier }, flags) {
  const script = `const it = await import(${JSON.stringify(specifier)}); if (Object.keys(it).length === 0) throw new Error('exports nothing')`
  const { code, output } = await run(process.execPath, [...flags, '--input-type=module', '--eval', script], { timeout: 20_000 })
  return code === 0 ? [] : [`${specifier}: import fails${flags.length > 0 ? ` with ${flags[0]}` : ''}\n${output}`]
}

/**
 * Follows what stands in the file that a bundler for Workers makes: all that the entry imports, by `import()` too, since such bundlers make one
 * file of it. Only an `import()` of `node:` itself stays one, which runs where its feature is used.
 */
async function staticallyFreeOfNode({ specifier, built }) {
  const found = new Map()
  await build({
    entryPoints: [built],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    mainFields: ['browser', 'module', 'main'],
    conditions: ['workerd', 'worker', 'browser'],
    logLevel: 'silent',
    plugins: [
      {
        name: 'node-imports',
        setup(build) {
          build.onResolve({ filter: /.*/ }, ({ kind, path, importer }) => {
            if (!path.startsWith('node:')) return undefined
            if (kind === 'dynamic-import') return { external: true, path }
            if (path !== 'node:diagnostics_channel' && path !== 'node:async_hooks') found.set(path, importer)
            return { external: true, path }
          })
        },
      },
    ],
  }).catch((error) => found.set('what esbuild cannot resolve', error.message))
  return [...found].map(
    ([path, importer]) => `${specifier} loads ${path}, from ${importer.startsWith('/') ? fromRoot(importer) : importer}`,
  )
}
