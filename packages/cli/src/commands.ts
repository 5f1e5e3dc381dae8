import type { Command } from './command.ts'
import type { Listed } from './help.ts'

interface Known extends Listed {
  load(): Promise<Command>
}

/** Each is loaded only when it is asked for: `plinth dev` must not wait for what `plinth doctor` needs. */
export const commands: readonly Known[] = [
  { name: 'new', summary: 'Make a new project', load: async () => (await import('./new.ts')).newProject },
  {
    name: 'dev',
    summary: 'Serve while you write: TypeScript as it is, restart on every change, errors readable',
    load: async () => (await import('./dev/dev.ts')).dev,
  },
  { name: 'start', summary: 'Serve for real', load: async () => (await import('./start.ts')).start },
  {
    name: 'serve',
    summary: 'Serve the tables of a database that exists',
    load: async () => (await import('./serve.ts')).serve,
  },
  { name: 'reload', summary: 'Replace the workers of plinth start one by one', load: async () => (await import('./reload.ts')).reload },
  { name: 'routes', summary: 'List every route with its guards', load: async () => (await import('./routes.ts')).routes },
  { name: 'openapi', summary: 'Write the OpenAPI document', load: async () => (await import('./openapi.ts')).openapi },
  {
    name: 'doctor',
    summary: 'Say what was chosen for each setting and why, and what is wrong',
    load: async () => (await import('./doctor.ts')).doctor,
  },
  {
    name: 'db push',
    summary: 'Make the database what the Drizzle schema says, without a migration',
    load: async () => (await import('./db/push.ts')).push,
  },
  { name: 'db generate', summary: 'Write a migration from the schema', load: async () => (await import('./db/generate.ts')).generate },
  { name: 'db migrate', summary: 'Apply pending migrations', load: async () => (await import('./db/migrate.ts')).migrate },
  { name: 'db status', summary: 'Show migrations and drift', load: async () => (await import('./db/status.ts')).status },
  { name: 'db seed', summary: 'Fill the database', load: async () => (await import('./db/seed.ts')).seed },
  { name: 'db reset', summary: 'Empty the database and make it anew', load: async () => (await import('./db/reset.ts')).reset },
  { name: 'db pull', summary: 'Write the Drizzle schema of a database', load: async () => (await import('./db/pull.ts')).pull },
]
