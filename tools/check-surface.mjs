// The public surface as users get it: every name that every entry's declarations export, with its kind, pinned in a snapshot.
// `--update` rewrites the snapshot; its diff is then part of the review.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { API, SymbolFlags } from 'typescript/unstable/sync'
import { conclude, entries, published, root, scratch } from './workspace.mjs'

const snapshot = join(root, 'tools/snapshots/exports.json')
const all = published().flatMap((it) => entries(it))
const missing = all.filter(({ types }) => !existsSync(types)).map(({ specifier }) => `${specifier} is not built; run npm run build`)

if (missing.length > 0) conclude(missing)
else {
  const { surface, problems } = read()
  const text = `${JSON.stringify(surface, null, 2)}\n`
  if (process.argv.includes('--update')) {
    mkdirSync(dirname(snapshot), { recursive: true })
    writeFileSync(snapshot, text)
  } else problems.push(...compare(surface, existsSync(snapshot) ? JSON.parse(readFileSync(snapshot, 'utf8')) : {}))
  const names = Object.values(surface).reduce((sum, it) => sum + Object.keys(it).length, 0)
  conclude(problems, `${names} names in ${all.length} entries are as pinned`)
}

function read() {
  const config = join(scratch, 'surface.json')
  mkdirSync(scratch, { recursive: true })
  writeFileSync(config, JSON.stringify({ extends: '../tsconfig.build.json', files: all.map(({ types }) => types) }))
  const api = new API({ cwd: root })
  try {
    const project = api.updateSnapshot({ openProjects: [config] }).getProjects()[0]
    const surface = {}
    const problems = []
    for (const { specifier, types } of all) {
      const module = project.checker.getSymbolAtLocation(project.program.getSourceFile(types))
      if (module === undefined) {
        problems.push(`${specifier} is not a module`)
        continue
      }
      const exported = project.checker.getExportsOfModule(module).map((symbol) => {
        const target = symbol.flags & SymbolFlags.Alias ? project.checker.getAliasedSymbol(symbol) : symbol
        if (!documented(project.checker, symbol, target)) problems.push(`${specifier}: ${symbol.name} has no docstring`)
        return [symbol.name, kind(target.flags)]
      })
      surface[specifier] = Object.fromEntries(exported.sort(([a], [b]) => (a < b ? -1 : 1)))
    }
    return { surface, problems }
  } finally {
    api.close()
  }
}

/** What comes from another library is documented there, a namespace in what it holds. */
function documented(checker, symbol, target) {
  if (target.flags & SymbolFlags.ValueModule) return true
  const fromLibrary = target.declarations?.some((it) => /node_modules/.test(it.path ?? it.fileName ?? ''))
  return fromLibrary || [symbol, target].some((it) => checker.getDocumentationCommentOfSymbol(it) !== '')
}

function kind(flags) {
  const kinds = []
  if (flags & SymbolFlags.Class) kinds.push('class')
  else {
    if (flags & SymbolFlags.Function) kinds.push('function')
    if (flags & SymbolFlags.Variable) kinds.push('const')
    if (flags & SymbolFlags.Interface) kinds.push('interface')
    if (flags & SymbolFlags.TypeAlias) kinds.push('type')
    if (flags & SymbolFlags.ValueModule) kinds.push('namespace')
  }
  return kinds.join(' and ') || 'other'
}

function compare(now, pinned) {
  const changes = []
  for (const entry of new Set([...Object.keys(pinned), ...Object.keys(now)])) {
    const [before, after] = [pinned[entry] ?? {}, now[entry] ?? {}]
    for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
      if (before[name] === after[name]) continue
      if (before[name] === undefined) changes.push(`${entry}: ${name} (${after[name]}) is new`)
      else if (after[name] === undefined) changes.push(`${entry}: ${name} (${before[name]}) is gone`)
      else changes.push(`${entry}: ${name} was ${before[name]} and is now ${after[name]}`)
    }
  }
  if (changes.length > 0) changes.push('if this is meant, run node tools/check-surface.mjs --update and note it in CHANGELOG.md')
  return changes
}
