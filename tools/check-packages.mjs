// What npm would publish, looked at before it is: manifests complete and in lockstep, tarballs with all they need and nothing else.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { conclude, entries, packages, published, run } from './workspace.mjs'

const problems = []
const all = published()
const version = all[0]?.manifest.version
const names = new Set(all.map((it) => it.name))
const unpublished = new Set(packages().flatMap(({ name }) => (names.has(name) ? [] : [name])))

for (const it of all) {
  const { manifest, name, folder } = it
  const say = (message) => problems.push(`${name}: ${message}`)
  for (const field of ['description', 'license', 'type', 'engines', 'files', 'version'])
    if (manifest[field] === undefined) say(`package.json has no "${field}"`)
  if (manifest.type !== 'module') say('"type" must be "module"')
  if (manifest.license !== 'MIT') say('"license" must be "MIT"')
  if (manifest.engines?.node !== '>=20.19') say('"engines.node" must be ">=20.19"')
  if (manifest.version !== version) say(`version ${manifest.version} is not in lockstep with ${version}`)
  if (manifest.exports === undefined && manifest.bin === undefined) say('has neither "exports" nor "bin"')
  if (manifest.main !== undefined || manifest.module !== undefined)
    say('"main" and "module" are read by old tools only; "exports" says it all')
  for (const [dependency, range] of Object.entries({ ...manifest.dependencies, ...manifest.peerDependencies })) {
    if (names.has(dependency) && range !== version) say(`needs ${dependency} ${range}, which must be exactly ${version}`)
    if (unpublished.has(dependency)) say(`needs ${dependency}, which is private`)
    if (/^(file|link|workspace|git|https?):/.test(range)) say(`${dependency} "${range}" can't be installed by a user`)
  }
  for (const [subpath, target] of Object.entries(manifest.exports ?? {})) {
    if (typeof target !== 'object') continue
    const conditions = Object.keys(target)
    // Conditions are tried in order: the compiler must find its own first, and whatever stands behind "default" is never seen.
    if (conditions[0] !== 'types') say(`exports["${subpath}"]: "types" must come first`)
    if (conditions.includes('default') && conditions.at(-1) !== 'default') say(`exports["${subpath}"]: "default" must come last`)
  }

  const { code, output } = await run('npm', ['pack', '--dry-run', '--json', '--ignore-scripts', '--loglevel=error'], { cwd: folder })
  const json = output.slice(output.search(/^[[{]/m))
  if (code !== 0 || json === '') {
    say(`npm pack fails\n${output}`)
    continue
  }
  const report = JSON.parse(json)
  const packed = (Array.isArray(report) ? report[0] : (report[name] ?? Object.values(report)[0])).files.map((file) => file.path)
  const has = (path) => packed.includes(path)
  for (const file of ['LICENSE', 'README.md', 'package.json']) if (!has(file)) say(`the tarball has no ${file}`)
  for (const entry of entries(it)) {
    for (const path of [entry.built, entry.types]) {
      const inside = path.slice(folder.length + 1).replaceAll('\\', '/')
      if (!has(inside)) say(`${entry.specifier}: the tarball has no ${inside}`)
    }
  }
  for (const [command, file] of Object.entries(typeof manifest.bin === 'string' ? { [name]: manifest.bin } : (manifest.bin ?? {}))) {
    const path = join(folder, file)
    if (!existsSync(path)) say(`bin ${command}: ${file} is not built`)
    else if (!readFileSync(path, 'utf8').startsWith('#!/usr/bin/env node\n'))
      say(`bin ${command}: ${file} does not start with #!/usr/bin/env node`)
  }
  for (const path of packed) {
    // What a new project has, sources and tests too, is what such a package is for.
    const unwanted = path.startsWith('templates/')
      ? /(^|\/)(node_modules|dist|coverage|\.plinth)\//
      : /\.test\.|(^|\/)(fixtures|__snapshots__|node_modules|src)\//
    if (unwanted.test(path) || path.endsWith('.tsbuildinfo')) say(`the tarball carries ${path}`)
  }
}
conclude(problems, `${all.length} ${all.length === 1 ? 'package' : 'packages'} ready to pack at ${version}`)
