// Runs PGlite beside the event loop, which a statement would otherwise hold up. Plain JavaScript: a worker is loaded by Node
// itself, also where the sources run without having been built.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parentPort, threadId, workerData } from 'node:worker_threads'

/** @typedef {{ directory?: string, snapshot?: Uint8Array, cache?: string }} Start */

const port = /** @type {import('node:worker_threads').MessagePort} */ (parentPort)

/** @param {Start} start */
async function open({ directory, snapshot, cache: folder }) {
  const { PGlite } = await import('@electric-sql/pglite')
  const cache = folder === undefined ? undefined : join(folder, `${versionOf('@electric-sql/pglite')}.tar.gz`)
  // Every cluster begins the same, and making one takes longer than all else: the first that this machine makes is kept.
  const isNew = directory === undefined || !existsSync(join(directory, 'PG_VERSION'))
  const kept = isNew && snapshot === undefined && cache !== undefined && existsSync(cache) ? readFileSync(cache) : undefined
  const content = isNew ? (snapshot ?? kept) : undefined
  if (directory !== undefined) mkdirSync(directory, { recursive: true })
  const options = { ...(directory !== undefined && { dataDir: directory }) }
  let database
  try {
    database = await PGlite.create({ ...options, ...(content !== undefined && { loadDataDir: new Blob([content]) }) })
  } catch (error) {
    if (kept === undefined) throw error
    // What was kept is broken: without it, it only takes longer.
    rmSync(/** @type {string} */ (cache), { force: true })
    if (directory !== undefined) rmSync(directory, { recursive: true, force: true })
    database = await PGlite.create(options)
  }
  if (isNew && content === undefined && cache !== undefined) await keep(database, cache)
  return database
}

/** Of a library whose entry lies in `dist`. What one version made, another may not read. @param {string} name */
function versionOf(name) {
  return JSON.parse(readFileSync(new URL('../package.json', import.meta.resolve(name)), 'utf8')).version
}

/** @param {import('@electric-sql/pglite').PGlite} database @param {string} cache */
async function keep(database, cache) {
  const part = `${cache}.${process.pid}.${threadId}`
  try {
    mkdirSync(dirname(cache), { recursive: true })
    writeFileSync(part, await dump(database))
    renameSync(part, cache)
  } catch {
    // A folder that can't be written to costs time at the next start, nothing else.
    rmSync(part, { force: true })
  }
}

/** @param {import('@electric-sql/pglite').PGlite} database */
async function dump(database) {
  return new Uint8Array(await (await database.dumpDataDir('gzip')).arrayBuffer())
}

/** @param {unknown} error */
function told(error) {
  const { code, message } = /** @type {{ code?: string, message?: string }} */ (error ?? {})
  return { code, message: message ?? String(error) }
}

try {
  const database = await open(workerData)
  port.on('message', async ({ id, does, bytes }) => {
    try {
      let answer
      if (does === 'protocol') answer = await database.execProtocolRaw(bytes)
      else if (does === 'snapshot') answer = await dump(database)
      else await database.close()
      // A copy of its own, since what is handed over is lost here, and the engine's answer may be part of its memory.
      const copy = answer === undefined ? undefined : new Uint8Array(answer)
      port.postMessage({ id, bytes: copy }, copy === undefined ? [] : [copy.buffer])
      if (does === 'close') port.close()
    } catch (error) {
      port.postMessage({ id, error: told(error) })
    }
  })
  port.postMessage({ ready: true })
} catch (error) {
  port.postMessage({ ready: false, error: told(error) })
  port.close()
}
