// Makes one small file of a source file and of the library that it imports.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { transform } from 'esbuild'
import { rollup } from 'rollup'

/**
 * The code of `entry` with everything that it imports, minified. Rollup and not esbuild alone, which keeps whole what a library
 * exports as a namespace (`export * as Guard`): each of its functions, behind a getter.
 */
export async function bundleLibrary(entry) {
  const bundle = await rollup({
    input: entry,
    plugins: [
      {
        name: 'library',
        resolveId: (specifier, importer) => (importer === undefined ? null : createRequire(importer).resolve(specifier)),
        load: async (path) => (path.endsWith('.ts') ? (await transform(readFileSync(path, 'utf8'), { loader: 'ts' })).code : null),
      },
    ],
    onwarn: (warning) => {
      // Its files import each other in circles, and its functions call each other when all are there.
      if (warning.code !== 'CIRCULAR_DEPENDENCY') throw new Error(warning.message)
    },
  })
  const { output } = await bundle.generate({ format: 'es', generatedCode: 'es2015', externalLiveBindings: false })
  await bundle.close()
  const { code } = await transform(output[0].code, { format: 'esm', target: 'es2023', minify: true, legalComments: 'inline' })
  return code
}
