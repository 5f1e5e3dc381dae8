import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { AnyApp } from 'plinth'
import type * as Framework from 'plinth'
import { coloursOf } from './colour.ts'
import { type Args, type Command, UsageError } from './command.ts'
import { findFile, importing } from './db/project.ts'
import { shown } from './entry.ts'
import { readEnvFile } from './env-file.ts'
import { Failed } from './failed.ts'
import type { Io } from './io.ts'
import { portOf } from './read-args.ts'
import { telling } from './start.ts'

export const serve: Command = {
  spec: {
    name: 'serve',
    summary: 'Serve the tables of a database that exists, in the request grammar of PostgREST. Read-only unless told otherwise.',
    positional: { name: 'url', about: 'postgres://user:password@host:5432/name. Default: DATABASE_URL, else PGRST_DB_URI' },
    options: {
      schema: {
        type: 'string',
        value: '<names>',
        about: 'Schemas to serve, by commas, the first without being asked for. Default: PGRST_DB_SCHEMAS, else public',
      },
      policies: {
        type: 'string',
        value: '<file>',
        about: "Who may do what: a module whose default is policies({ … }), or 'database' for its own roles and row-level security",
      },
      write: { type: 'boolean', about: 'Take writes. With a policies file these say who may write' },
      port: { type: 'string', short: 'p', value: '<port>', about: 'Default: PORT, else 3000; 0 for a free one' },
      host: { type: 'string', value: '<address>', about: 'Default: 127.0.0.1; 0.0.0.0 opens it to the network' },
      prefix: { type: 'string', value: '<path>', about: 'Where it is served: /rest. Default: the root' },
      'jwt-secret': {
        type: 'string',
        value: '<secret>',
        about: 'What tokens are signed with (HS256). Better as PGRST_JWT_SECRET or JWT_SECRET, which ps does not show',
      },
      'jwt-base64': { type: 'boolean', about: 'The secret is base64. Or PGRST_JWT_SECRET_IS_BASE64=true' },
      'jwt-audience': { type: 'string', value: '<name>', about: 'What tokens must be for. Or PGRST_JWT_AUD' },
      'anon-role': {
        type: 'string',
        value: '<role>',
        about: 'As whom strangers are answered with --policies database. Default: PGRST_DB_ANON_ROLE, else anon',
      },
      'no-anon': { type: 'boolean', about: 'Answer nobody without a token' },
      'max-rows': { type: 'string', value: '<count>', about: 'Rows of one answer at most. Default: PGRST_DB_MAX_ROWS, else 1000' },
      cors: { type: 'string', value: '<origins>', about: 'Whose pages may read answers, by commas, or * for all. Default: none' },
      'reload-every': {
        type: 'string',
        value: '<seconds>',
        about: 'Read the tables again that often. NOTIFY pgrst and SIGUSR1 do so at any time',
      },
      'no-docs': { type: 'boolean', about: 'No /docs and no /openapi.json' },
      'env-file': { type: 'string', value: '<file>', about: 'Variables; those of the environment win over them' },
    },
    notes: [
      'It needs @plinth/data. What is in a table of the schemas can be read by whoever reaches the port, unless policies say otherwise.',
    ],
    examples: [
      ['plinth serve postgres://reader@127.0.0.1/shop', 'Look at it: http://127.0.0.1:3000/docs'],
      ['plinth serve --policies policies.ts --host 0.0.0.0', 'The database of DATABASE_URL, as the file allows'],
      ['plinth serve --policies database --write', 'In the place of PostgREST'],
    ],
  },
  run,
}

/** `@plinth/data`, as far as this command uses it. */
interface DataPackage {
  databaseApi(options: object): AnyApp
}

interface Packages {
  readonly data: DataPackage
  readonly plinth: typeof Framework
  readonly openapi: { openapi(options: object): AnyApp }
  readonly middleware: { cors(options: object): AnyApp }
}

/** What scripts of other origins need to see: counts and places stand in headers. */
const exposed = ['content-location', 'content-profile', 'content-range', 'location', 'preference-applied']

async function run(args: Args, io: Io): Promise<number> {
  for (const [name, value] of Object.entries(readEnvFile(args.text('env-file'), io.cwd))) process.env[name] ??= value
  process.env['NODE_ENV'] ??= 'production'
  const env = (...names: string[]): string | undefined => names.map((it) => io.env[it] || process.env[it]).find((it) => it)
  const url = args.positional ?? env('DATABASE_URL', 'PGRST_DB_URI')
  if (url === undefined) throw new UsageError('No database is named: plinth serve postgres://…, or set DATABASE_URL')
  const port = portOf(args.text('port'), '--port') ?? portOf(process.env['PORT'], 'PORT') ?? 3000
  const where = placeOf(url)
  const prefix = prefixOf(args.text('prefix'))
  const schemas = listOf(args.text('schema') ?? env('PGRST_DB_SCHEMAS', 'PGRST_DB_SCHEMA') ?? 'public')
  const file = args.text('policies')
  const path = file === undefined || file === 'database' ? undefined : findFile(file, io, '--policies')
  const options = { url, schemas, ...settingsOf(args, env), ...accessOf(args, env, path !== undefined), document: !args.flag('no-docs') }
  const from = path ?? join(io.cwd, 'package.json')
  const packages = await packagesOf(from)
  const policies = path === undefined ? file : await policiesOf(path, io)
  const { plinth, data, openapi, middleware } = packages
  const hostname = args.text('host') ?? '127.0.0.1'
  await telling(from, io.cwd, async () => {
    const name = where.database
    let it = plinth.app({ name, openapi: false })
    const origins = args.text('cors')
    if (origins !== undefined) it.use(middleware.cors({ origins: origins === '*' ? '*' : listOf(origins), expose: exposed }))
    const parts: AnyApp[] = [data.databaseApi({ ...options, ...(policies !== undefined && { policies }) })]
    if (!args.flag('no-docs')) parts.push(openapi.openapi({ docs: true, document: false, title: name }))
    for (const part of parts) it = (prefix === undefined ? it.use(part) : it.use(prefix, part)) as typeof it
    const running = await it.listen({ port, hostname })
    const { green, yellow } = coloursOf(io.stderr, io.env)
    const base = `${running.url}${prefix ?? ''}`
    const may =
      path !== undefined
        ? `as ${shown(path, io.cwd)} allows`
        : `${options.readOnly ? 'read-only' : 'with writes'}${file === 'database' ? ', under the policies of the database' : ''}`
    io.stderr.write(`${green('✓')} ${schemas.join(', ')} of ${where.text}, ${may}: ${base}\n`)
    if (!args.flag('no-docs')) io.stderr.write(`  ${base}/docs, ${base}/openapi.json\n`)
    if (policies === undefined && hostname !== '127.0.0.1' && hostname !== 'localhost') {
      io.stderr.write(
        `${yellow('!')} there are no policies: whoever reaches ${hostname} may ${options.readOnly ? 'read' : 'change'} every row\n`,
      )
    }
  })
  // It ends by a signal, when nothing keeps the process alive any more.
  return new Promise(() => {})
}

type Env = (...names: string[]) => string | undefined

function settingsOf(args: Args, env: Env): object {
  const maxRows = countOf(args.text('max-rows') ?? env('PGRST_DB_MAX_ROWS'), '--max-rows')
  const every = countOf(args.text('reload-every'), '--reload-every')
  return {
    ...(maxRows !== undefined && { maxRows }),
    reload: { signal: process.platform !== 'win32', ...(every !== undefined && { everyMs: every * 1000 }) },
  }
}

/** Who may do what, as far as no file says so. */
function accessOf(
  args: Args,
  env: Env,
  hasFile: boolean,
): { readonly readOnly: boolean; readonly anonRole?: string | false; readonly jwt?: object } {
  const write = args.flag('write')
  const inDatabase = args.text('policies') === 'database'
  if (hasFile && write) throw new UsageError('--write does nothing beside a policies file: its policies say who may write')
  if (!inDatabase) {
    for (const it of ['anon-role', 'no-anon']) {
      if (args.text(it) !== undefined || args.flag(it)) throw new UsageError(`--${it} is for --policies database`)
    }
  }
  if (args.flag('no-anon') && args.text('anon-role') !== undefined) throw new UsageError('Either --anon-role or --no-anon, not both')
  const readOnly = !write && !hasFile
  if (!hasFile && !inDatabase) {
    for (const it of ['jwt-secret', 'jwt-base64', 'jwt-audience']) {
      if (args.text(it) !== undefined || args.flag(it))
        throw new UsageError(`--${it} is for --policies: without, nobody is asked who he is`)
    }
    return { readOnly }
  }
  const secret = args.text('jwt-secret') ?? env('PGRST_JWT_SECRET', 'JWT_SECRET')
  const audience = args.text('jwt-audience') ?? env('PGRST_JWT_AUD')
  const base64 = args.flag('jwt-base64') || /^(?:true|1|yes)$/i.test(env('PGRST_JWT_SECRET_IS_BASE64') ?? '')
  if (secret !== undefined && /^\s*[[{]/.test(secret))
    throw new UsageError('The JWT secret is a key set; a shared secret (HS256) is wanted')
  return {
    readOnly,
    ...(inDatabase && { anonRole: args.flag('no-anon') ? false : (args.text('anon-role') ?? env('PGRST_DB_ANON_ROLE') ?? 'anon') }),
    ...(secret !== undefined && { jwt: { secret, base64, ...(audience !== undefined && { audience }) } }),
  }
}

/** Without user and password: what is said may be kept. */
function placeOf(url: string): { readonly database: string; readonly text: string } {
  try {
    const { protocol, host, pathname } = new URL(url)
    if (protocol === 'postgres:' || protocol === 'postgresql:') {
      const database = decodeURIComponent(pathname.slice(1)) || 'database'
      return { database, text: `${database} on ${host || 'the local server'}` }
    }
  } catch {
    // Told below, without the text, which may hold a password.
  }
  throw new UsageError('The address of the database is no postgres:// address: write it as postgres://user:password@host:5432/name')
}

function prefixOf(text: string | undefined): `/${string}` | undefined {
  if (text === undefined || text === '/') return undefined
  if (!/^(?:\/[\w.~-]+)+$/.test(text)) throw new UsageError(`--prefix is '${text}': write it as /rest`)
  return text as `/${string}`
}

const listOf = (text: string): string[] =>
  text
    .split(',')
    .map((it) => it.trim())
    .filter((it) => it !== '')

function countOf(text: string | undefined, from: string): number | undefined {
  if (text === undefined) return undefined
  const count = Number(text)
  if (!/^\d{1,7}$/.test(text) || count < 1) throw new UsageError(`${from} is '${text}': it is a whole number above zero`)
  return count
}

/** The project's own packages, else those that are installed beside this command. */
async function packagesOf(from: string): Promise<Packages> {
  for (const place of [from, fileURLToPath(import.meta.url)]) {
    let path: string
    try {
      path = createRequire(place).resolve('@plinth/data')
    } catch {
      continue
    }
    // What it is made with, so that there are no two copies of the framework.
    const near = createRequire(path)
    const load = async (name: string): Promise<unknown> => import(pathToFileURL(near.resolve(name)).href)
    return {
      data: (await import(pathToFileURL(path).href)) as DataPackage,
      plinth: (await load('plinth')) as typeof Framework,
      openapi: (await load('plinth/openapi')) as Packages['openapi'],
      middleware: (await load('plinth/middleware')) as Packages['middleware'],
    }
  }
  throw new Failed({
    title: 'There is nothing that knows databases',
    troubles: [{ message: '@plinth/data is not installed', fix: 'npm install @plinth/data drizzle-orm', code: 'module-not-found' }],
  })
}

async function policiesOf(path: string, io: Io): Promise<unknown> {
  const { default: found } = await importing(path, io)
  if (typeof found === 'object' && found !== null && '~policies' in found) return found
  throw new Failed({
    title: `${shown(path, io.cwd)} has no policies`,
    troubles: [
      { message: 'Its default export is not what policies(…) made', fix: 'export default policies({ posts: { read: everyone } })' },
    ],
  })
}
