// Makes one file of what is always loaded together. On Node a module costs about half a millisecond of start-up whatever is in
// it: to find, read, compile and link the framework's files took longer than to run them. Everything else stays file by file.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { importsOf } from './imports.mjs'
import { entries } from './workspace.mjs'

/**
 * What is loaded together, by package: `groups` says what becomes one file, `{ made: entries }`, `kept` which files of it are asked
 * for by their names, `apart` what is no part of this, `within` the folder from which alone a group takes files.
 */
const joined = {
  plinth: {
    // What `import 'plinth'` loads, and what listening does. Of the latter what others need as well is in the former: a group with it
    // would come along where they do, and with it all that listening asks of Node.
    groups: { 'heart.js': ['index.js', 'http/host.js', 'http/trusted-proxies.js'], 'serve.js': ['node/listen.js'] },
    within: { 'serve.js': 'node/' },
    kept: ['node/listen.js'],
    apart: ['schema/typebox.js'],
  },
  '@plinth/cli': {
    groups: {
      // All that the thread of the loader hooks needs.
      'transform.js': ['transform.js'],
      'command-line.js': ['main.js', 'io.js', 'entry.js', 'env-file.js'],
      'dev/dev.js': ['dev/dev.js'],
      // What the process needs in which `plinth dev` lets the application run.
      'serving.js': ['failure.js', 'inner-folders.js', 'load-app.js', 'syntax-trouble.js', 'typescript.js', 'dev/readable-errors.js'],
    },
    kept: [],
    apart: [],
  },
}

/**
 * Joins the built files of a package in the folder `out`. A group's file gets its entries and what they import statically, but
 * for what is in a group before it. What went into it has no file of its own any more, except those kept and the package's
 * entries, which export from it what they did before; whoever imported one of the others imports it. So nothing is there
 * twice, and a class is the same by whichever entry one comes to it. Nothing in a group may do anything by being loaded.
 *
 * What says `import.meta` stays too, unless the group's file lies in the same folder: its own place is what it asks for.
 */
export async function joinFiles(out, it) {
  if (joined[it.name] === undefined) return
  const { groups, apart, within = {} } = joined[it.name]
  const kept = [...joined[it.name].kept, ...entries(it).map(({ built }) => relative(join(it.folder, 'dist'), built))]
  const separate = new Set(apart.map((path) => join(out, path)))
  const all = readdirSync(out, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.js'))
    .map((path) => join(out, path))
    .filter((path) => !separate.has(path))
  const groupOf = new Map()
  for (const [made, wanted] of Object.entries(groups)) {
    const paths = closure(
      wanted.map((entry) => join(out, entry)).filter((path) => existsSync(path)),
      separate,
    )
    const free = [...paths].filter((path) => !groupOf.has(path))
    const ours = free.filter((path) => path.startsWith(join(out, within[made] ?? '')))
    const together = ours.filter((path) => dirname(path) === dirname(join(out, made)) || !asksForItsPlace(path))
    // One alone keeps its name, and goes into no other group either.
    for (const path of free) groupOf.set(path, together.length > 1 && together.includes(path) ? made : relative(out, path))
  }
  if (new Set(groupOf.values()).size === groupOf.size) return
  // Here, because few builds of the checks' own tests come this far.
  const [{ rollup }, { transform }] = await Promise.all([import('rollup'), import('esbuild')])
  const stays = new Set(kept.map((path) => join(out, path)))
  const inputs = all.filter((path) => !groupOf.has(path) || stays.has(path))
  const bundle = await rollup({
    input: Object.fromEntries(inputs.map((path) => [relative(out, path).replace(/\.js$/, ''), path])),
    plugins: [
      {
        name: 'relative files',
        resolveId(specifier, importer) {
          if (importer === undefined) return null
          if (!specifier.startsWith('.')) return { id: specifier, external: true }
          const path = resolve(dirname(importer), specifier)
          return separate.has(path) ? { id: path, external: 'relative' } : path
        },
      },
    ],
    preserveEntrySignatures: 'strict',
    treeshake: false,
    onwarn: (warning) => {
      // Helpers of the compiler ask for `this`, which is undefined in a module anyway.
      if (warning.code === 'THIS_IS_UNDEFINED') return
      throw new Error(warning.message)
    },
  })
  const { output } = await bundle.generate({
    format: 'es',
    entryFileNames: '[name].js',
    chunkFileNames: '[name].js',
    manualChunks: (path) => groupOf.get(path)?.replace(/\.js$/, ''),
    minifyInternalExports: false,
    hoistTransitiveImports: false,
    generatedCode: 'es2015',
    externalLiveBindings: false,
  })
  await bundle.close()
  for (const path of all) rmSync(path)
  for (const { fileName, code } of output) {
    const renamed = /^(?:export )?class \w+\$\d+/m.exec(code)
    // Its name is read: in messages, in logs, in `error.type` of traces.
    if (renamed) throw new Error(`two classes in ${fileName} have one name: ${renamed[0]}`)
    mkdirSync(dirname(join(out, fileName)), { recursive: true })
    writeFileSync(join(out, fileName), await plain(code, transform))
  }
}

/**
 * The same in ASCII. One character beyond Latin-1, in a comment or a message, and the engine keeps the whole text with two bytes a
 * character; one beyond ASCII, and decoding it takes twice as long. Most comments go too: users have them in the declarations.
 */
async function plain(text, transform) {
  const { code } = await transform(text, { charset: 'ascii', format: 'esm', target: 'es2023' })
  // There an escape would mean what it says.
  const raw = /\bString\.raw`[^`]*[^\0-\x7f][^`]*`/.exec(code)
  if (raw) throw new Error(`write this without String.raw, or in ASCII: ${raw[0]}`)
  // It leaves what is in regular expressions and in the comments that it keeps.
  return code.replace(/[^\0-\x7f]/g, (it) => `\\u${it.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

function asksForItsPlace(path) {
  return /\bimport\.meta\b/.test(readFileSync(path, 'utf8'))
}

/** `paths` and all that they import statically, and so on. */
function closure(paths, apart) {
  const seen = new Set(paths)
  // A set's loop goes on to what is added while it runs.
  for (const path of seen) {
    for (const { kind, specifier } of importsOf(path)) {
      const to = resolve(dirname(path), specifier)
      if (kind === 'value' && specifier.startsWith('.') && !apart.has(to)) seen.add(to)
    }
  }
  return seen
}
