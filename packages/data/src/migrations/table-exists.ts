import type { Session } from '../database/contract.ts'

/**
 * Whether there is such a table. Asked of the catalog itself: `to_regclass` answers from a connection's cache, which does not
 * know yet what another node has made between the beginning of this transaction and its getting the lock.
 */
export async function tableExists(session: Session, schema: string, table: string): Promise<boolean> {
  const [row] = await session.query({
    text: 'SELECT EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = $2) AS there',
    values: [schema, table],
  })
  return row?.['there'] === true
}
