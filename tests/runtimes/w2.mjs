import { build } from 'esbuild'
import { Miniflare } from 'miniflare'
import { askAt } from './program.mjs'

/** Serves a module on workerd, bundled as Wrangler bundles it, without `nodejs_compat`. */
export async function worker(entry) {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2024',
    platform: 'browser',
    mainFields: ['browser', 'module', 'main'],
    conditions: ['workerd', 'worker', 'browser'],
    external: ['node:*'],
    logLevel: 'warning',
  })
  const runtime = new Miniflare({
    host: '127.0.0.1',
    port: 0,
    compatibilityDate: '2026-04-01',
    modules: [{ type: 'ESModule', path: 'worker.mjs', contents: outputFiles[0].text }],
    bindings: { GREETING: 'hello from the platform' },
    // What an error of a handler prints is the suite's own doing.
    handleRuntimeStdio: (out, err) => {
      out.pipe(process.stdout)
      err.pipe(process.stdout)
    },
  })
  const url = await runtime.ready
  return { ask: askAt(url.href), close: () => runtime.dispose() }
}
