import { type Kit, KitError } from './load-kit.ts'
import { type Ambiguity, ambiguities, withoutGone } from './renames.ts'
import type { Snapshot } from './snapshot.ts'

/** `ask`: drizzle-kit asks on the terminal whether something was renamed. `never`: what is gone is dropped, what is new is made. */
export type Renames = 'ask' | 'never'

/**
 * The statements that lead from one snapshot to another.
 * @throws {KitError} where it would have to ask and there is no terminal, naming every question.
 */
export async function statementsBetween(kit: Kit, from: Snapshot, to: Snapshot, renames: Renames): Promise<readonly string[]> {
  const open = ambiguities(from, to)
  if (open.length > 0 && renames === 'never') {
    const between = withoutGone(from, to)
    return [...(await kit.generateMigration(from, between)), ...(await kit.generateMigration(between, to))]
  }
  if (open.length > 0 && !(process.stdin.isTTY && process.stdout.isTTY)) {
    throw new KitError(
      open.map(question).join('\n'),
      'answer on a terminal, or say --no-renames: then what is gone is dropped and what is new is made',
    )
  }
  return kit.generateMigration(from, to)
}

function question({ what, table, gone, added }: Ambiguity): string {
  const of = table === undefined ? '' : ` of ${table}`
  const list = (names: readonly string[]): string => names.map((it) => `'${it}'`).join(', ')
  return `Is ${what} ${list(added)}${of} new, or another name for ${list(gone)}, which is gone from the schema?`
}
