export { prepareDatabase } from './framework.ts'
export { migrate, type MigrateOptions, migrationStatus, type MigrationStatus } from './migrate.ts'
export { MigrationError } from './migration-error.ts'
