/** Names under which the page asks for its files. Nothing else of the folder is served. */
export const assetNames: readonly string[] = ['docs.js', 'docs.css', 'swagger-ui-bundle.js', 'swagger-ui.css', 'favicon-32x32.png']

/**
 * Where the page's files lie on this machine, by name; `undefined` where there are none: on Workers, which have no files, and
 * in sources that were never built.
 */
export async function assetPaths(
  folder: string = './assets/',
  names: readonly string[] = assetNames,
): Promise<ReadonlyMap<string, string> | undefined> {
  try {
    const [{ access }, { fileURLToPath }] = await Promise.all([import('node:fs/promises'), import('node:url')])
    const base = new URL(folder, import.meta.url)
    const paths = new Map(names.map((name) => [name, fileURLToPath(new URL(name, base))]))
    await Promise.all([...paths.values()].map((path) => access(path)))
    return paths
  } catch {
    return undefined
  }
}
