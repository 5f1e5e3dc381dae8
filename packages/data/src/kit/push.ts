import type { Engine, Session } from '../database/contract.ts'
import { prepareDatabase } from '../migrations/framework.ts'
import { underLock } from '../migrations/lock.ts'
import { compare, type DrizzleSchema, snapshotOf } from './compare.ts'
import { type Casing, type Kit, KitError } from './load-kit.ts'
import { type Loss, lossesOf } from './losses.ts'
import { type Renames, statementsBetween } from './statements.ts'

export interface PushOptions {
  readonly casing?: Casing
  /** Default `ask`. */
  readonly renames?: Renames
  /** Whether to go on although it loses something; asked once, with all of it. Default: no. */
  readonly accept?: (losses: readonly Loss[]) => boolean | Promise<boolean>
  /** Told of each statement before it is sent. */
  readonly sending?: (statement: string) => void
}

export interface Pushed {
  /** What was, or was not, sent. */
  readonly statements: readonly string[]
  /** What would be lost by them. */
  readonly losses: readonly Loss[]
  readonly applied: boolean
}

/** The statements that would make the database what the schema says, and what they would lose. Changes nothing. */
export async function planPush(engine: Engine, kit: Kit, schema: DrizzleSchema, options: PushOptions = {}): Promise<Pushed> {
  const wanted = snapshotOf(kit, schema, options.casing)
  return engine.transaction({}, async (session) => {
    const { actual } = await compare(session, kit, wanted)
    const statements = await statementsBetween(kit, actual, wanted, options.renames ?? 'ask')
    return { statements, losses: await lossesOf(session, statements, actual, false), applied: false }
  })
}

/**
 * Makes the database what the schema says, all of it or nothing. What would be lost is asked for first; without an answer
 * nothing is done. Tables of other schemas than those that the Drizzle schema names are left alone.
 * @throws {KitError} where the schema can't be made, and where it is not clear whether something was renamed.
 */
export async function push(engine: Engine, kit: Kit, schema: DrizzleSchema, options: PushOptions = {}): Promise<Pushed> {
  const planned = await planPush(engine, kit, schema, options)
  if (planned.statements.length === 0) return { ...planned, applied: true }
  if (planned.losses.length > 0 && (await options.accept?.(planned.losses)) !== true) return planned
  await prepareDatabase(engine)
  const { early, rest } = split(planned.statements)
  const wanted = snapshotOf(kit, schema, options.casing)
  await underLock(engine, async (session) => {
    for (const statement of early) await send(session, statement, options)
  })
  return underLock(engine, async (session) => {
    // Somebody else may have pushed, or written rows, since the question was answered.
    const { actual } = await compare(session, kit, wanted)
    const losses = await lossesOf(session, rest, actual, true)
    const unasked = losses.find((it) => !planned.losses.some(({ statement }) => statement === it.statement))
    if (unasked !== undefined) {
      throw new KitError(`The database changed meanwhile: ${unasked.statement} now ${unasked.what}`, 'push again')
    }
    for (const statement of rest) await send(session, statement, options)
    return { ...planned, applied: true }
  })
}

/** A new value of an enum can be used only after the transaction that adds it. */
function split(statements: readonly string[]): { readonly early: readonly string[]; readonly rest: readonly string[] } {
  const isEarly = (it: string): boolean => /^ALTER TYPE .* ADD VALUE /.test(it.trim())
  return { early: statements.filter(isEarly), rest: statements.filter((it) => !isEarly(it)) }
}

async function send(session: Session, statement: string, { sending }: PushOptions): Promise<void> {
  sending?.(statement)
  try {
    // In a transaction an index can't be built beside what goes on.
    await session.script(statement.replace(/^(CREATE (?:UNIQUE )?INDEX )CONCURRENTLY /, '$1').replace(/^(DROP INDEX )CONCURRENTLY /, '$1'))
  } catch (error) {
    const { message, detail } = error as { readonly message: string; readonly detail?: unknown }
    const more = typeof detail === 'string' ? ` (${detail})` : ''
    throw new KitError(`${message}${more}, in\n${statement}`, 'nothing was changed; correct the schema or the rows and push again', error)
  }
}
