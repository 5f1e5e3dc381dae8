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
    // The packages as they are installed, not the sources that the workspace's own tsconfig.json points at.
    tsconfigRaw: {},
    logLevel: 'warning',
  })
  let said = ''
  const runtime = new Miniflare({
    host: '127.0.0.1',
    port: 0,
    compatibilityDate: '2026-04-01',
    modules: [{ type: 'ESModule', path: 'worker.mjs', contents: outputFiles[0].text }],
    bindings: { GREETING: 'hello from the platform' },
    // Told only where it does not start: what an error of a handler prints is the suite's own doing.
    handleRuntimeStdio: (out, err) => {
      for (const stream of [out, err]) stream.on('data', (chunk) => (said = (said + chunk).slice(-2_000)))
    },
  })
  const url = await runtime.ready.catch(async (error) => {
    await runtime.dispose().catch(() => {})
    throw new Error(`${error.message}\n${said}`)
  })
  return { ask: askAt(url.href), close: () => runtime.dispose() }
}
