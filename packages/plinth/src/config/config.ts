import {
  Application,
  BootError,
  type Mode,
  type Output,
  type Schema,
  service,
  type Service,
  type ServiceContext,
  type ServiceReport,
  type ServiceSetting,
} from '../app/index.ts'
import { type ConfigDefinition, type ConfigOptions, resolve, type Resolved } from './resolve.ts'
import { valueText } from './values.ts'
import { requireObject } from '../internal/arguments.ts'

/** Plain frozen values; printed, they show their secrets masked. */
export type ConfigOf<S> = Readonly<Output<S>>

/** A configuration, asked for like any service: `use(Config).databaseUrl`. */
export type Config<S> = Service<ConfigOf<S>>

/** What was chosen for one value, and why. */
export type ConfigEntry = ServiceSetting

/** Where each value of a config came from, secrets masked. */
export type ConfigReport = ServiceReport

const definitions = new WeakMap<object, ConfigDefinition>()

/**
 * Settings from the environment and `.env` files, checked at boot, all problems at once. `databaseUrl` comes from
 * `DATABASE_URL`, `smtp: t.Object({ host })` from `SMTP_HOST`. The process's environment wins over `.env.<mode>.local`,
 * `.env.local` (not in tests), `.env.<mode>` and `.env`; an empty value counts as not set. List it in the application:
 * `app().use(Config)`.
 *
 * ```ts
 * export const Config = config(t.Object({ databaseUrl: t.String({ secret: true }), port: t.Integer({ default: 3000 }) }))
 * ```
 */
export function config<const S extends Schema>(schema: S, options: ConfigOptions = {}): Config<S> {
  requireObject('config: options', options)
  const definition: ConfigDefinition = { schema, options }
  const make = ({ use }: ServiceContext): ConfigOf<S> => {
    const resolved = resolve(definition, use(Application).mode)
    return (resolved instanceof Promise ? resolved.then(valuesOf) : valuesOf(resolved)) as ConfigOf<S>
  }
  const made = service(options.name ?? 'config', make, { describe: (mode) => explain(definition, mode) })
  definitions.set(made, definition)
  return made as Config<S>
}

function valuesOf({ values, problems }: Resolved): unknown {
  if (values === undefined) throw new BootError(problems)
  return values
}

/**
 * The values without an application, for scripts and tools.
 * @throws {BootError} with every problem at once.
 */
export async function loadConfig<T>(of: Service<T>, mode?: Mode): Promise<T> {
  return valuesOf(await resolve(definitionOf(of), mode)) as T
}

/** For each value what was chosen and why, secrets masked; also where the configuration is wrong. */
export async function explainConfig(of: Service<unknown>, mode?: Mode): Promise<ConfigReport> {
  return explain(definitionOf(of), mode)
}

async function explain(definition: ConfigDefinition, mode?: Mode): Promise<ConfigReport> {
  const { found, problems } = await resolve(definition, mode)
  const entries = found.map(({ field, name, source, place, over, value }) => ({
    key: field.key,
    name,
    source,
    place,
    over,
    value: valueText(value, field.secret),
    secret: field.secret,
  }))
  return { entries, problems: problems.map((it) => it.message) }
}

function definitionOf(of: Service<unknown>): ConfigDefinition {
  const definition = definitions.get(of)
  if (definition === undefined) throw new TypeError(`'${of.name}' is no configuration: pass what config(…) gave`)
  return definition
}
