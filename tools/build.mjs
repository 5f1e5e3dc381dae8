// Builds every package: one ESM file and one declaration file per source file, but what is always loaded together becomes one
// file. `node tools/build.mjs [folder…]` builds some.
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { bundleLibrary } from './bundle-library.mjs'
import { joinFiles } from './join-files.mjs'
import { copySwaggerUi } from './swagger-ui.mjs'
import { files, fromRoot, packages, root, scratch, tsc } from './workspace.mjs'

const only = process.argv.slice(2)
const notShipped = /(\.test\.tsx?$)|(\.bench\.ts$)|([\\/](fixtures|__snapshots__)[\\/])/

// These pull in a library of many small files, whose import would cost more than everything else at start-up.
// Their declarations still name the library, which therefore stays a dependency.
const bundled = { plinth: ['schema/typebox.ts'] }

async function build({ folder, name, manifest }) {
  const started = performance.now()
  const src = join(folder, 'src')
  // Built aside and put in place when whole: whoever uses the last build meanwhile keeps a complete one.
  const out = join(scratch, `dist-${process.pid}-${name.replace(/\W+/g, '-')}`)
  const sources = files(src, /\.tsx?$/).filter((path) => !notShipped.test(path))

  const config = join(scratch, `build-${name.replace(/\W+/g, '-')}.json`)
  mkdirSync(dirname(config), { recursive: true })
  writeFileSync(
    config,
    JSON.stringify({
      extends: relative(scratch, join(root, 'tsconfig.build.json')),
      compilerOptions: { rootDir: src, outDir: out, noEmitOnError: true, typeRoots: [join(root, 'node_modules/@types')] },
      files: sources,
    }),
  )
  const { code, output } = await tsc(['-p', config])
  if (code !== 0) rmSync(out, { recursive: true, force: true })
  if (code !== 0) throw new Error(`${name} does not compile\n${output}`)
  for (const path of files(out, /\.d\.ts$/)) {
    // The compiler rewrites specifiers in its JavaScript only.
    const text = readFileSync(path, 'utf8')
    writeFileSync(path, text.replace(/((?:from|import|import\()\s*['"]\.[^'"]*)\.ts(?=['"])/g, '$1.js'))
  }

  await joinFiles(out, { folder, name, manifest })
  for (const path of files(src, /\.(?!tsx?$)[^.\\/]+$/)) {
    if (!notShipped.test(path)) cpSync(path, join(out, relative(src, path)))
  }
  for (const file of bundled[name] ?? []) {
    const entry = join(src, file)
    if (!existsSync(entry)) continue
    writeFileSync(join(out, file.replace(/\.ts$/, '.js')), await bundleLibrary(entry))
  }
  const dist = join(folder, 'dist')
  rmSync(dist, { recursive: true, force: true })
  renameSync(out, dist)
  cpSync(join(root, 'LICENSE'), join(folder, 'LICENSE'))
  for (const [command, file] of Object.entries(manifest.bin ?? {})) makeRunnable(command, join(folder, file))
  console.log(`${name}: ${sources.length} files to ${fromRoot(dist)} in ${Math.round(performance.now() - started)} ms`)
}

/** npm links a command when it installs, at which time nothing was built yet: so that `npx plinth` works here too. */
function makeRunnable(command, file) {
  chmodSync(file, 0o755)
  const link = join(root, 'node_modules/.bin', command)
  if (process.platform !== 'win32' && !existsSync(link)) symlinkSync(relative(dirname(link), file), link)
}

try {
  copySwaggerUi()
  for (const it of packages()) {
    if (only.length === 0 || only.some((folder) => it.folder.endsWith(folder))) await build(it)
  }
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
}
