import { service, type Service, token } from 'plinth'
import type { Engine, EngineSettings } from './contract.ts'
import type { AnySchema, DrizzleOptions } from './drizzle-database.ts'

/** What one `database(…)` was given. */
export interface Given {
  readonly settings: Service<EngineSettings>
  readonly drizzle: DrizzleOptions<AnySchema>
  /** A folder of migrations to apply at boot. */
  readonly migrate: string | undefined
}

export const Given: Service<Given> = token<Given>('database(…)')

/** What `database(…)` was told, for tools that open the database themselves. */
export interface DatabaseDefinition extends DrizzleOptions<AnySchema> {
  readonly engine: EngineSettings
  /** A folder of migrations to apply at boot, before {@link DatabasePreparation}. */
  readonly migrate?: string
}

/** Made without opening the database, so a build without services has it too. */
export const DatabaseDefinition: Service<DatabaseDefinition> = service('database definition', ({ use }) => {
  const { settings, drizzle, migrate } = use(Given)
  return { engine: use(settings), ...drizzle, ...(migrate !== undefined && { migrate }) }
})

/** Called once with the database, before anything else of the application uses it; what it throws keeps it from starting. */
export type PrepareDatabase = (engine: Engine, definition: DatabaseDefinition) => Promise<void>

/** For tools to stand in for: `plinth dev` pushes the schema here. Does nothing by itself. */
export const DatabasePreparation: Service<PrepareDatabase> = service('database preparation', (): PrepareDatabase => async () => {})
