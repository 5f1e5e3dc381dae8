// The import arrows of ARCHITECTURE.md. Each rule is one line of a table below; whoever changes a rule changes the page too.
import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { importsOf, resolveRelative } from './imports.mjs'
import { conclude, files, fromRoot, packages, root } from './workspace.mjs'

/** Files that only say what a part promises; anyone may import them. */
const contracts = /(^|\/)(contract|types|register)\.ts$/

/** What a part may use: the application's public face, which third parties have too, and the parts of HTTP that make it up. */
const face = ['app/index.ts', 'http']

/**
 * Folder of packages/plinth/src → what it may import besides itself, contracts and `internal`:
 * a folder (any file of it) or a file. `lazily` lists what only `import()` may reach.
 */
const arrows = {
  internal: { may: [] },
  router: { may: [] },
  // What http reads from a form is what t.File() checks.
  schema: { may: ['http/form-file.ts'] },
  http: { may: [] },
  app: { may: ['router', 'http', 'schema'], lazily: ['node'] },
  openapi: { may: face },
  config: { may: face },
  middleware: { may: face },
  node: { may: face },
  adapters: { may: [...face, 'node'] },
  channels: { may: face },
  jobs: { may: face },
  cache: { may: face },
  ops: { may: face },
  mcp: { may: face },
  client: { may: [], typesOf: 'anything' },
  testing: { may: 'anything' },
}

/** Package → the workspace's packages it may import. */
const packageArrows = {
  plinth: [],
  // For `plinth new`, which loads it when asked for.
  '@plinth/cli': ['plinth', 'create-plinth'],
  '@plinth/data': ['plinth'],
  '@plinth/auth': ['plinth'],
  '@plinth/redis': ['plinth'],
  '@plinth/client': ['plinth'],
  '@plinth/admin': ['plinth', '@plinth/data', '@plinth/auth'],
  'create-plinth': [],
}

/** Where `node:` may be imported statically: what runs on Workers must not even load it. */
const nodeOnly = (path, text) =>
  /^packages\/(?!plinth\/)/.test(path) || /\/src\/(node|testing)\//.test(path) || /^\/\/ Node only/m.test(text)

const isTest = (path) => /\.test\.tsx?$/.test(path) || /\/fixtures\//.test(path)
const problems = []
const graph = new Map()
let count = 0

for (const { folder, name, manifest } of packages()) {
  const src = join(folder, 'src')
  const known = packageArrows[name]
  if (known === undefined) problems.push(`${name}: no arrows are written for this package in tools/check-arrows.mjs`)
  const declared = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies, ...manifest.optionalDependencies })

  for (const path of files(src, /\.tsx?$/)) {
    const text = readFileSync(path, 'utf8')
    const here = relative(src, path).replaceAll('\\', '/')
    const test = isTest(fromRoot(path))
    const say = (line, message) => problems.push(`${fromRoot(path)}:${line} ${message}`)
    graph.set(path, [])

    for (const { specifier, kind, line } of importsOf(path)) {
      count++
      if (specifier.startsWith('.')) {
        const target = resolveRelative(path, specifier)
        if (target === undefined) {
          say(line, `imports ${specifier}, which does not exist`)
          continue
        }
        const there = relative(src, target).replaceAll('\\', '/')
        if (there.startsWith('../')) say(line, `reaches out of its package by path; import ${specifier} by its name`)
        if (kind === 'value') graph.get(path).push({ target, line })
        if (!test && name === 'plinth') judge(here, there, kind, (message) => say(line, message))
        continue
      }
      if (specifier.startsWith('node:')) {
        if (!test && kind === 'value' && !nodeOnly(fromRoot(path), text)) {
          say(line, `imports ${specifier} statically; use import() where it is needed, or start the file with "// Node only" and a reason`)
        }
        continue
      }
      if (test) continue
      const other = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
      if (other in packageArrows) {
        if (other === name) say(line, `imports its own package by name; use a relative path`)
        else if (!known?.includes(other)) say(line, `${name} may not import ${other}`)
        if (specifier === 'plinth/testing') say(line, `only tests import testing`)
        // Of the framework's values only its client, which itself imports types only: it must weigh nothing of the server.
        if (name === '@plinth/client' && kind !== 'type' && specifier !== 'plinth/client')
          say(line, `the client imports types and plinth/client only`)
      } else if (!declared.includes(other)) say(line, `imports ${other}, which is not in the dependencies of ${name}`)
      if (other === 'typebox' && kind !== 'type' && here !== 'schema/typebox.ts') {
        say(line, `imports values of typebox; take them from schema/typebox.ts, the only file that is bundled with it`)
      }
    }
  }
}

function judge(here, there, kind, say) {
  const [from, to] = [here, there].map((path) => (path.includes('/') ? path.slice(0, path.indexOf('/')) : path))
  if (to === 'testing' && from !== 'testing') return say('imports testing, which only tests may')
  // The public entries gather what other folders export.
  if (from === to || from.endsWith('.ts')) return
  const rule = arrows[from]
  if (rule === undefined) return say(`no arrows are written for src/${from} in tools/check-arrows.mjs`)
  if (rule.may === 'anything') return
  if (rule.typesOf === 'anything') return kind === 'type' ? undefined : say(`${from} imports types only; ${there} is imported as a value`)
  if (to === 'internal' || contracts.test(there)) return
  if (kind === 'dynamic' && rule.lazily?.includes(to)) return
  if (rule.may.includes(to) || rule.may.includes(there)) return
  const allowed = ['contracts', ...rule.may].join(', ')
  say(`${from} may not import ${there}; it may import ${allowed}${rule.lazily ? `, and ${rule.lazily.join(', ')} by import()` : ''}`)
}

problems.push(...cycles())
conclude(problems, `${count} imports follow the arrows, no cycles`)

/** Tarjan's strongly connected components over what is loaded at run time; types may refer to each other. */
function cycles() {
  const index = new Map()
  const low = new Map()
  const stack = []
  const found = []
  const visit = (path) => {
    index.set(path, index.size)
    low.set(path, index.get(path))
    stack.push(path)
    for (const { target } of graph.get(path) ?? []) {
      if (!index.has(target)) {
        visit(target)
        low.set(path, Math.min(low.get(path), low.get(target)))
      } else if (stack.includes(target)) low.set(path, Math.min(low.get(path), index.get(target)))
    }
    if (low.get(path) !== index.get(path)) return
    const ring = stack.splice(stack.indexOf(path))
    if (ring.length > 1)
      found.push(
        `import cycle: ${ring
          .map((it) => relative(root, it))
          .sort()
          .join(', ')}`,
      )
  }
  for (const path of graph.keys()) if (!index.has(path)) visit(path)
  return found
}
