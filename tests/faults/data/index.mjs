import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../../../tools/workspace.mjs'
import { postgresBin } from '../lib/cluster.mjs'
import { killEmbedded, killServer } from './kill.mjs'
import { restart } from './restart.mjs'
import { slowReads } from './slow-reads.mjs'

/** What must be there, or `undefined`. */
export function missing() {
  if (!existsSync(join(root, 'packages/data/dist/index.js'))) return 'packages/data/dist is missing; run `npm run build` first'
  if (postgresBin() === undefined) return 'initdb and pg_ctl are not found: set PG_BIN to the folder of PostgreSQL’s programs'
  return undefined
}

export const faults = [killEmbedded, killServer, restart, slowReads]
