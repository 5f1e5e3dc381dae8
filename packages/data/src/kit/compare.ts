import type { Session } from '../database/contract.ts'
import { FRAMEWORK_SCHEMA } from '../migrations/framework.ts'
import { align } from './align.ts'
import { type Casing, type Kit, KitError } from './load-kit.ts'
import { readSnapshot } from './read-snapshot.ts'
import { shadowOf } from './shadow.ts'
import { ORIGIN, type Snapshot } from './snapshot.ts'

/** Drizzle tables, enums and the like, as a module exports them. */
export interface DrizzleSchema {
  readonly [name: string]: unknown
}

export interface Compared {
  /** What the database has, in the words of the schema where it is the same. */
  readonly actual: Snapshot
  readonly wanted: Snapshot
}

/**
 * The schema as a snapshot.
 * @throws {KitError} where it takes the place of the framework's own.
 */
export function snapshotOf(kit: Kit, schema: DrizzleSchema, casing?: Casing, prevId?: string): Snapshot {
  const snapshot = kit.generateDrizzleJson(schema, prevId, undefined, casing)
  const taken = [...Object.keys(snapshot.schemas), ...Object.values(snapshot.tables).map((it) => it.schema)]
  if (taken.includes(FRAMEWORK_SCHEMA)) {
    throw new KitError(`The schema '${FRAMEWORK_SCHEMA}' of the database is the framework's own`, 'give your tables another schema')
  }
  return snapshot
}

/** The schemas of the database that a snapshot speaks of. What stands in others is nobody's business. */
export function schemasOf(snapshot: Snapshot): readonly string[] {
  const parts = [snapshot.tables, snapshot.enums, snapshot.sequences, snapshot.views]
  const used = parts.flatMap((part) => Object.values(part).map((it: { readonly schema: string }) => it.schema || 'public'))
  const all = new Set([...used, ...Object.keys(snapshot.schemas)])
  return all.size === 0 ? ['public'] : [...all].sort()
}

/** Reads what the database has of a schema; changes nothing. Must run in a transaction. */
export async function compare(session: Session, kit: Kit, wanted: Snapshot): Promise<Compared> {
  const schemas = schemasOf(wanted)
  const meant = await shadowOf(session, kit, wanted, schemas)
  await session.script('SAVEPOINT plinth_read')
  const read = await readSnapshot(session, schemas)
  await session.script('ROLLBACK TO SAVEPOINT plinth_read; RELEASE SAVEPOINT plinth_read')
  const present = (await session.query({ text: 'SELECT rolname FROM pg_roles', values: [] })).map(({ rolname }) => rolname)
  const actual: Snapshot = {
    ...(align(
      { ...read, schemas: {} },
      {
        ...meant,
        schemas: {},
        // Views that the database is only told of are not made in the shadow.
        views: { ...existing(read, wanted), ...meant.views },
      },
      { ...wanted, schemas: {} },
    ) as Snapshot),
    id: ORIGIN,
    prevId: '',
    schemas: Object.fromEntries(Object.entries(wanted.schemas).filter(([name]) => Object.hasOwn(read.schemas, name))),
    roles: Object.fromEntries(Object.entries(wanted.roles).filter(([name]) => present.includes(name))),
    // Policies on tables of others: drizzle-kit can tell them by name only.
    policies: wanted.policies,
    _meta: wanted._meta,
  }
  return { actual, wanted }
}

function existing(read: Snapshot, wanted: Snapshot): Snapshot['views'] {
  return Object.fromEntries(Object.entries(read.views).filter(([key]) => wanted.views[key]?.isExisting === true))
}
