import { createHash } from 'node:crypto'
import { chmodSync, lstatSync, mkdirSync, readdirSync, realpathSync, rmSync } from 'node:fs'
import { connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Failed } from '../failed.ts'
import type { ControlAnswer, ControlRequest } from './protocol.ts'

const PIPES = '\\\\.\\pipe\\'

/** The same for whoever names the same file, by a link too. Short: the path of a socket may have about a hundred characters. */
function nameOf(entry: string): string {
  return `plinth-${createHash('sha256').update(realpathSync(entry)).digest('hex').slice(0, 16)}`
}

/** Where sockets lie: a folder that this user alone may enter. Whoever else could connect could have the application restarted. */
function folder(platform: NodeJS.Platform): string {
  if (platform === 'win32') return PIPES
  const uid = process.getuid?.() ?? 0
  const path = join(tmpdir(), `plinth-${uid}`)
  mkdirSync(path, { recursive: true, mode: 0o700 })
  const { mode, uid: owner } = lstatSync(path)
  // The folder for temporary files is everybody's: another user may have made it first.
  if (owner !== uid) throw new Error(`${path} belongs to another user: set TMPDIR to a folder of your own`)
  if ((mode & 0o077) !== 0) chmodSync(path, 0o700)
  return path
}

function pathOf(at: string, name: string, pid: number, platform: NodeJS.Platform): string {
  return platform === 'win32' ? `${at}${name}-${pid}` : join(at, `${name}-${pid}`)
}

/** Lets `plinth reload` find this process. `reload` tells of each step and rejects with {@link Failed}. */
export async function openControl(
  entry: string,
  reload: (tell: (answer: ControlAnswer) => void) => Promise<void>,
  platform: NodeJS.Platform = process.platform,
): Promise<() => void> {
  const path = pathOf(folder(platform), nameOf(entry), process.pid, platform)
  // A process that was killed leaves its socket behind, and its number comes round again.
  if (platform !== 'win32') rmSync(path, { force: true })
  const server: Server = createServer((socket) => {
    socket.on('error', () => socket.destroy())
    const tell = (answer: ControlAnswer): void => {
      if (socket.writable) socket.write(`${JSON.stringify(answer)}\n`)
    }
    createInterface({ input: socket }).once('line', (line) => {
      if (requestOf(line) === undefined) return void socket.destroy()
      reload(tell)
        .then(
          () => tell({ type: 'done' }),
          (error: unknown) => {
            const failure =
              error instanceof Failed ? error.failure : { title: 'The workers were not replaced', troubles: [{ message: String(error) }] }
            tell({ type: 'failed', failure })
          },
        )
        .finally(() => socket.end())
    })
  })
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(path, resolve))
  // It must not keep a process alive that has nothing else to do.
  server.unref()
  return () => {
    server.close()
    if (platform !== 'win32') rmSync(path, { force: true })
  }
}

function requestOf(line: string): ControlRequest | undefined {
  try {
    const it = JSON.parse(line) as Partial<ControlRequest> | null
    return it?.type === 'reload' ? { type: 'reload' } : undefined
  } catch {
    return undefined
  }
}

/** The processes that serve `entry` with workers, by their ids. */
export function findPrimaries(entry: string, platform: NodeJS.Platform = process.platform): readonly number[] {
  const name = `${nameOf(entry)}-`
  return readdirSync(folder(platform))
    .filter((it) => it.startsWith(name))
    .map((it) => Number(it.slice(name.length)))
    .filter((pid) => Number.isSafeInteger(pid) && runs(pid))
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** Has the workers of a process replaced, and resolves when they are. @throws {Failed} telling why they are not. */
export async function askToReload(
  entry: string,
  pid: number,
  heard: (answer: ControlAnswer) => void,
  platform: NodeJS.Platform = process.platform,
): Promise<void> {
  const socket = connect(pathOf(folder(platform), nameOf(entry), pid, platform))
  let broken: Error | undefined
  socket.on('error', (error) => (broken = error))
  socket.write(`${JSON.stringify({ type: 'reload' } satisfies ControlRequest)}\n`)
  try {
    for await (const line of createInterface({ input: socket })) {
      const answer = JSON.parse(line) as ControlAnswer
      if (answer.type === 'done') return
      if (answer.type === 'failed') throw new Failed(answer.failure)
      heard(answer)
    }
  } finally {
    socket.destroy()
  }
  const message = `The process ${pid} did not say that it is done${broken === undefined ? '' : `: ${broken.message}`}`
  throw new Failed({ title: 'The workers were not replaced', troubles: [{ message, fix: 'see its log' }] })
}
