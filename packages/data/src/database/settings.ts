import { Application, type Mode, type Output, service, type Service, type ServiceReport, type ServiceSetting, t } from 'plinth'
import { config, explainConfig } from 'plinth/config'
import type { EngineSettings } from './contract.ts'

/** Settings of {@link database}, each of which can also come from the environment: `poolSize` from `DATABASE_POOL_SIZE`. */
export interface DatabaseSettings {
  /**
   * `postgres://user:password@host:5432/name`. `DATABASE_URL`, in tests `TEST_DATABASE_URL`: they must not write where the application
   * does. Without it the database is embedded.
   */
  readonly url?: string | undefined
  /** Where an embedded database lies. Default `.plinth/db`; in tests it lives in memory. */
  readonly directory?: string | undefined
  /** Lets an embedded database run in production. Default false. */
  readonly embedded?: boolean | undefined
  /** Connections to a server, beside the few that reads share. Default 10. */
  readonly poolSize?: number | undefined
  /** Prepare statements on the connections. Default true; false behind a pooler that does not keep them. */
  readonly prepare?: boolean | undefined
  /** Milliseconds that a statement may take. Default 5,000. */
  readonly timeoutMs?: number | undefined
  /** Milliseconds to wait for a connection, or for the one session of an embedded database. Default 2,000, embedded 10,000. */
  readonly checkoutMs?: number | undefined
  /** Milliseconds in which a transaction may ask nothing before it is taken back. Default 10,000. */
  readonly idleMs?: number | undefined
}

const milliseconds = t.Integer({ minimum: 0, maximum: 3_600_000 })
const shape = t.Object({
  url: t.Optional(t.String()),
  testUrl: t.Optional(t.String()),
  directory: t.Optional(t.String({ minLength: 1 })),
  embedded: t.Boolean({ default: false }),
  poolSize: t.Integer({ minimum: 1, maximum: 1_000, default: 10 }),
  prepare: t.Boolean({ default: true }),
  timeoutMs: t.Integer({ minimum: 0, maximum: 3_600_000, default: 5_000 }),
  checkoutMs: t.Optional(milliseconds),
  idleMs: t.Integer({ minimum: 0, maximum: 3_600_000, default: 10_000 }),
})

const DIRECTORY = '.plinth/db'

/** From the arguments, else the environment, else what works on a laptop. `plinth doctor` tells what was chosen and why. */
export function databaseSettings(given: DatabaseSettings): Service<EngineSettings> {
  const found = config(shape, {
    name: 'database settings',
    prefix: 'DATABASE',
    names: { testUrl: ['TEST_DATABASE_URL'] },
    values: { ...given },
  })
  return service('database settings', ({ use }) => decide(use(found), use(Application).mode, given.url), {
    describe: async (mode) => told(await explainConfig(found, mode), mode, given.url),
  })
}

function decide(found: Output<typeof shape>, mode: Mode, given: string | undefined): EngineSettings {
  const { url: named, testUrl, directory, ...rest } = found
  const url = mode === 'test' ? (given ?? testUrl) : named
  if (url !== undefined) return { ...rest, url }
  // A test begins with nothing, and leaves nothing behind.
  if (directory === undefined && mode === 'test') return rest
  return { ...rest, directory: directory ?? DIRECTORY }
}

function told({ entries: all, problems }: ServiceReport, mode: Mode, given: string | undefined): ServiceReport {
  const unused = mode === 'test' && given === undefined ? 'url' : 'testUrl'
  const entries = all.filter((it) => it.key !== unused)
  const of = (key: string): ServiceSetting | undefined => entries.find((it) => it.key === key)
  const server = of('url') ?? of('testUrl')
  const by = server?.value !== undefined ? server : of('directory')
  const choice: ServiceSetting = {
    key: 'engine',
    name: by?.value === undefined ? (server?.name ?? 'DATABASE_URL') : by.name,
    source: by?.value === undefined ? 'default' : by.source,
    place: by?.place,
    over: [],
    value:
      server?.value !== undefined
        ? 'PostgreSQL on a server'
        : by?.value !== undefined
          ? `PGlite in ${by.value}`
          : mode === 'test'
            ? 'PGlite in memory'
            : `PGlite in ${DIRECTORY}; it does not survive a failing machine, so it is for development and single processes`,
    secret: false,
  }
  const refused = mode === 'production' && of('url')?.value === undefined && of('embedded')?.value !== 'true'
  const problem = 'this is production, and DATABASE_URL is not set: set it, or say embedded: true where an embedded database is meant'
  return { entries: [choice, ...entries], problems: refused ? [...problems, problem] : problems }
}
