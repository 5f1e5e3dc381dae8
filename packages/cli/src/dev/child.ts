import type { Socket } from 'node:net'
import { resolve } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { defaultTransport } from 'plinth/node'
import { describeFailure, type Surroundings } from '../failure.ts'
import { innerFolders } from '../inner-folders.ts'
import { loadApp } from '../load-app.ts'
import { processIo } from '../io.ts'
import { syntaxTrouble } from '../syntax-trouble.ts'
import { type Loading, prepareTypeScript } from '../typescript.ts'
import { pushEmbedded } from './push-embedded.ts'
import type { FromServer, ToServer } from './protocol.ts'
import { readableErrors } from './readable-errors.ts'

// Whoever saves a file waits for what is in flight, so it gets half a second.
const DRAIN_MS = 500
// Browsers open connections in advance; the next process takes longer than this to come up.
const SILENT_MS = 100

const entry = process.argv[2] as string
const around: Surroundings = { cwd: process.cwd(), inner: innerFolders(entry) }
let loading: Loading = { seen: () => [] }
let accept: (socket: Socket) => void = (socket) => void socket.destroy()
let close: () => Promise<void> = () => Promise.resolve()

function send(message: FromServer): Promise<void> {
  return new Promise((resolve) => {
    if (!process.connected) return resolve()
    process.send?.(message, undefined, {}, () => resolve())
  })
}

async function fail(error: unknown, title?: string): Promise<void> {
  const files = loading.seen()
  const described = describeFailure(error, { ...around, ...(title !== undefined && { title }) })
  const failure = await syntaxTrouble(error, described, files, around.cwd)
  await send({ type: 'failed', failure, files })
  process.exit(1)
}

async function serve(): Promise<void> {
  const app = await loadApp(entry, around.cwd)
  let migrations: string | undefined
  const built = await app.build({ replace: await pushEmbedded(entry, processIo(), ({ migrate }) => (migrations = migrate)) })
  let told = 0
  const tellFiles = (): void => {
    const files = loading.seen()
    if (files.length > told) void send({ type: 'files', files })
    told = files.length
  }
  const dispatch = readableErrors(built, around, tellFiles)
  // The port is held by the parent; this one is only where the server stands.
  const transport = await defaultTransport()
  const listening = await transport.listen(dispatch, { port: 0, hostname: '127.0.0.1' })
  const open = new Set<Socket>()
  accept = (socket) => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
    listening.accept(socket)
  }
  close = async () => {
    built.unready()
    // The request of a connection that was handed over last may not have been read yet, and silent connections are cut off.
    const until = Date.now() + SILENT_MS
    while ([...open].some((it) => it.bytesRead === 0) && Date.now() < until) await setTimeout(5)
    await listening.close(DRAIN_MS)
    await built.close(DRAIN_MS)
  }
  process.removeAllListeners('uncaughtException')
  process.on('uncaughtException', (error) => void fail(error, 'The application crashed'))
  const docs = built.routes.find(
    (it) => it.contract.hidden === true && it.method === 'GET' && it.modules.includes('openapi') && it.template.endsWith('/docs'),
  )
  told = loading.seen().length
  await send({
    type: 'ready',
    routes: built.routes.filter((it) => it.contract.hidden !== true).length,
    docs: docs?.template,
    migrations: migrations && resolve(migrations),
    files: loading.seen(),
  })
}

async function end(): Promise<void> {
  await close().catch(() => {})
  process.exit(0)
}

process.on('uncaughtException', (error) => void fail(error))
// Ctrl-C reaches the whole group; the parent decides, and says so here.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {})
process.on('disconnect', () => void end())
process.on('message', (message: ToServer, handle: unknown) => {
  if (message.type === 'connection' && handle !== undefined) accept(handle as Socket)
  if (message.type === 'close') void end()
  if (message.type === 'go') serve().catch((error: unknown) => fail(error))
})
try {
  loading = await prepareTypeScript(entry)
  await send({ type: 'warm' })
} catch (error) {
  await fail(error)
}
