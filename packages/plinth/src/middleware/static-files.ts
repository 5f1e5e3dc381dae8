// Node only, and Bun and Deno: it reads files. Nothing of `node:` is loaded before an application with it is built.
import {
  acceptable,
  type App,
  Application,
  type Built,
  type Context,
  file,
  type FileOptions,
  module,
  problem,
  redirect,
  type Service,
  service,
} from '../app/index.ts'
import { absent, isSafeName } from '../http/open-file.ts'
import { requireObject, requireText } from '../internal/arguments.ts'

/** Settings of `staticFiles`. */
export interface StaticFilesOptions {
  /** Path under which the files stand, beside the prefix of `use`. Default none. */
  readonly prefix?: `/${string}`
  /** What stands for a folder. Default `index.html`; `false` for nothing. */
  readonly index?: string | false
  /** The file that answers, with 200, where a browser navigates to a path without a file: the shell of a single-page application. */
  readonly fallback?: string
  /** Seconds for which browsers and caches may use a file without asking. Default 0: they ask each time, and mostly get a 304. */
  readonly maxAge?: number
  /** Files that never change under their name, since it holds a hash; they are kept for a year. Tested against the path below the root. */
  readonly immutable?: RegExp
  /** Serves names that begin with a dot. Default false: `.env` and `.git` are often where they shouldn't be. */
  readonly dotfiles?: boolean
  /** Serves them in front of the guards of the application: what a sign-in page needs. Default false. */
  readonly open?: boolean
}

const YEAR = 31_536_000
let count = 0

/**
 * The files of a folder, with ETag, ranges and precompressed siblings; 404 for all else, whatever the reason. Nothing outside the
 * folder is reachable: not by `..` in any spelling, nor by a symbolic link. There are no listings. A folder that is missing keeps the
 * application from starting.
 *
 * `root` is taken from the working directory; `new URL('./public/', import.meta.url)` from the file that says it.
 * @throws {TypeError} naming the option that is wrong.
 */
export function staticFiles(root: string | URL, options: StaticFilesOptions = {}): App<{}, {}> {
  requireObject('staticFiles: options', options)
  if (!(root instanceof URL)) requireText('staticFiles: root', root)
  for (const name of ['prefix', 'fallback'] as const) if (options[name] !== undefined) requireText(`staticFiles: ${name}`, options[name])
  const { prefix = '', open = false } = options
  if (prefix !== '' && (!prefix.startsWith('/') || prefix.endsWith('/') || /[:*]/.test(prefix))) {
    throw new TypeError(`staticFiles: prefix '${prefix}' must begin with '/', not end with it, and hold no parameter`)
  }
  const { index = 'index.html', fallback, maxAge = 0 } = options
  if (!Number.isSafeInteger(maxAge) || maxAge < 0) throw new TypeError('staticFiles: maxAge must be a whole number of seconds, 0 or more')
  if (index !== false && (index === '' || /[/\\]/.test(index)))
    throw new TypeError('staticFiles: index must be the name of a file, without a folder')
  // Each has a name of its own, so that an application may have several.
  const name = `static-files ${++count}`
  const folder = service(name, () => openFolder(root, fallback))
  const files = new StaticFiles(folder, options, index)
  return module(name)
    .use(folder)
    .get(`${prefix}/*`, { hidden: true, open }, (ctx) => files.answer(ctx))
}

/** The real path of the folder, checked at boot. */
async function openFolder(root: string | URL, fallback: string | undefined): Promise<string> {
  const [{ realpath, stat }, { join }, { fileURLToPath }] = await Promise.all([
    import('node:fs/promises'),
    import('node:path'),
    import('node:url'),
  ])
  const path = typeof root === 'string' ? root : fileURLToPath(root)
  const real = await realpath(path).catch(() => undefined)
  if (real === undefined || !(await stat(real)).isDirectory()) throw new Error(`staticFiles: there is no folder '${path}'`)
  const shell = fallback === undefined ? undefined : await stat(join(real, fallback)).catch(() => undefined)
  if (fallback !== undefined && !shell?.isFile()) throw new Error(`staticFiles: the fallback '${fallback}' is not a file in '${path}'`)
  return real
}

class StaticFiles {
  readonly #folder: Service<string>
  readonly #options: StaticFilesOptions
  readonly #index: string | false
  readonly #immutable: RegExp | undefined
  /** By application and template: the same module may stand in several places, behind a guard in one of them alone. */
  readonly #audiences = new WeakMap<Built, Map<string, 'public' | 'private'>>()

  constructor(folder: Service<string>, options: StaticFilesOptions, index: string | false) {
    this.#folder = folder
    this.#options = options
    this.#index = index
    // Without `g` and `y`, which would make the next test begin where the last one ended.
    this.#immutable = options.immutable && new RegExp(options.immutable.source, options.immutable.flags.replace(/[gy]/g, ''))
  }

  async answer(ctx: Context): Promise<ReturnType<typeof file> | ReturnType<typeof redirect>> {
    const segments = segmentsOf(ctx)
    const found = await this.#kindOf(ctx, segments)
    if (found === 'file') return this.#file(ctx, segments.join('/'))
    if (found === 'index') return this.#file(ctx, [...segments.slice(0, -1), this.#index].join('/'))
    // Relative links of the page would else be taken from the folder above. 308: HEAD stays HEAD.
    if (found === 'folder') return redirect(`${ctx.path}/${new URL(ctx.request.url).search}`, { status: 308 })
    const { fallback } = this.#options
    // Only what asks for a page: a script that is missing must be a 404, not a page that fails to parse.
    if (fallback !== undefined && acceptsPage(ctx)) return this.#file(ctx, fallback)
    throw problem('not-found')
  }

  /** `index` for a folder's path with its slash, `folder` for one without. */
  async #kindOf(ctx: Context, segments: readonly string[]): Promise<'file' | 'index' | 'folder' | undefined> {
    const folder = segments.at(-1) === ''
    const names = folder ? segments.slice(0, -1) : segments
    if (!names.every((it) => isSafeName(it, this.#options.dotfiles ?? false))) return undefined
    const root = ctx.use(this.#folder)
    const [{ realpath, stat }, { join, sep }] = await Promise.all([import('node:fs/promises'), import('node:path')])
    const stats = await stat(join(root, ...names)).catch(absent)
    if (stats === undefined) return undefined
    // `name.txt/` is no spelling of `name.txt`: one file under two paths is one that a rule for one of them misses.
    if (!stats.isDirectory()) return folder ? undefined : 'file'
    if (this.#index === false) return undefined
    const shown = await realpath(join(root, ...names, this.#index)).catch(absent)
    if (shown === undefined || !shown.startsWith(root.endsWith(sep) ? root : `${root}${sep}`)) return undefined
    return folder ? 'index' : 'folder'
  }

  #file(ctx: Context, path: string): ReturnType<typeof file> {
    const options: FileOptions = { root: ctx.use(this.#folder), cache: this.#cache(ctx, path), dotfiles: this.#options.dotfiles ?? false }
    return file(path, options)
  }

  #cache(ctx: Context, path: string): string {
    const { maxAge = 0, open } = this.#options
    // What stands behind a guard must not be kept by a cache that has none.
    const audience = open ? 'public' : this.#audience(ctx)
    if (this.#immutable?.test(path)) return `${audience}, max-age=${YEAR}, immutable`
    // A page names its scripts and styles by their hashes: one kept too long names those of yesterday.
    if (maxAge === 0 || /\.html?$/i.test(path)) return audience === 'private' ? 'private, no-cache' : 'no-cache'
    return `${audience}, max-age=${maxAge}`
  }

  #audience(ctx: Context): 'public' | 'private' {
    const built = ctx.use(Application)
    let known = this.#audiences.get(built)
    if (!known) this.#audiences.set(built, (known = new Map()))
    let audience = known.get(ctx.template)
    if (!audience) known.set(ctx.template, (audience = guarded(built, ctx.template) ? 'private' : 'public'))
    return audience
  }
}

/**
 * The segments that the wildcard took, each decoded once: split before decoding, so that `a%2Fb` is one segment, which no file has.
 * The template's own segments are as many as the path's before it, however these are spelt.
 */
function segmentsOf({ path, template }: Context): string[] {
  // Malformed escapes the router has refused already.
  return path
    .split('/')
    .slice(template.split('/').length - 1)
    .map(decodeURIComponent)
}

function acceptsPage(ctx: Context): boolean {
  const accept = ctx.header('accept')
  return accept !== undefined && /text\/html/i.test(accept) && acceptable(accept, ['text/html']) !== undefined
}

function guarded(built: Built, template: string): boolean {
  const route = built.routes.find((it) => it.template === template && it.method === 'GET')
  return route === undefined || route.guards.some((it) => !it.always)
}
