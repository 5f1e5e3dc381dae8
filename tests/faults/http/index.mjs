import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../../../tools/workspace.mjs'
import { gzipBomb, multipart, resets } from './hostile.mjs'
import { blockedLoop, overload } from './load.mjs'
import { sigterm } from './shutdown.mjs'
import { slowHeads, slowMany } from './slow.mjs'
import { idleMany, pipelinedUnread, slowReader } from './unread.mjs'
import { rollingRestarts, workerKill } from './workers.mjs'

/** What must be there, or `undefined`. */
export function missing() {
  if (!existsSync(join(root, 'packages/cli/dist/bin.js'))) return 'packages/cli/dist is missing; run `npm run build` first'
  return undefined
}

export const transports = ['http1', 'node:http']

export const faults = [
  slowHeads,
  slowMany,
  idleMany,
  slowReader,
  pipelinedUnread,
  resets,
  gzipBomb,
  multipart,
  sigterm,
  blockedLoop,
  overload,
  rollingRestarts,
  workerKill,
]
