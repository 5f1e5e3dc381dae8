import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DatabaseRefused } from '../errors.ts'
import { DirectoryLock } from './directory-lock.ts'
import { isAlive, startOf } from './process-start.ts'

let folder: string
let directory: string
const children: ChildProcess[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'plinth-lock-'))
  directory = join(folder, 'db')
})
afterEach(() => {
  for (const it of children.splice(0)) it.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

const written = (owner: object): void => writeFileSync(`${directory}.lock`, JSON.stringify({ id: 'other', ...owner }))
const taken = async (): Promise<boolean> => {
  const lock = await DirectoryLock.acquire(directory, 0)
  lock.release()
  return true
}
const aged = (): void => utimesSync(`${directory}.lock`, new Date(0), new Date(0))

describe('the lock of a directory', () => {
  test('keeps a second process out by its id, and is taken over when that was killed', async () => {
    const script = fileURLToPath(new URL('../../fixtures/hold-lock.ts', import.meta.url))
    const holder = spawn(process.execPath, ['--import', 'tsx', script, directory], { stdio: ['ignore', 'pipe', 'inherit'] })
    children.push(holder)
    await once(holder.stdout, 'data')
    const refused = DirectoryLock.acquire(directory, 0)
    await expect(refused).rejects.toThrow(DatabaseRefused)
    await expect(refused).rejects.toThrow(
      `The database in ${directory} is open in process ${holder.pid}, and an embedded database serves one process: stop that process, or set DATABASE_URL to use a server, which serves many`,
    )
    holder.kill('SIGKILL')
    await once(holder, 'exit')
    expect(existsSync(`${directory}.lock`)).toBe(true)
    expect(await taken()).toBe(true)
    expect(existsSync(`${directory}.lock`)).toBe(false)
  }, 30_000)

  test('keeps the same process from opening it twice, until it was released', async () => {
    const first = await DirectoryLock.acquire(directory)
    await expect(DirectoryLock.acquire(directory, 0)).rejects.toThrow(
      /is open in this process itself, .*: close the first before opening it again/,
    )
    const second = DirectoryLock.acquire(directory)
    first.release()
    first.release()
    ;(await second).release()
  })

  test('is not fooled by a process that has got the id of a dead one', async () => {
    expect(isAlive(process.ppid)).toBe(true)
    const owner = { pid: process.ppid, host: JSON.parse(await contentOfOwn()).host as string }
    written({ ...owner, started: startOf(process.ppid) })
    await expect(taken()).rejects.toThrow(`is open in process ${process.ppid}`)
    written({ ...owner, started: 'before' })
    expect(await taken()).toBe(true)
  })

  test('of another machine counts while it is touched, and so does one that is half written', async () => {
    written({ pid: 1, started: '1', host: 'elsewhere' })
    await expect(taken()).rejects.toThrow('is open in process 1 on elsewhere')
    aged()
    expect(await taken()).toBe(true)
    writeFileSync(`${directory}.lock`, '{"id":')
    await expect(taken()).rejects.toThrow('is open in another process')
    aged()
    expect(await taken()).toBe(true)
  })

  test('goes to one of many who find the same dead holder', async () => {
    written({ pid: 2 ** 22 + 1, started: '1', host: JSON.parse(await contentOfOwn()).host })
    const all = await Promise.allSettled(Array.from({ length: 8 }, () => DirectoryLock.acquire(directory, 0)))
    const got = all.filter((it) => it.status === 'fulfilled')
    expect(got).toHaveLength(1)
    got[0]!.value.release()
  })

  test('leaves alone what is another’s by now', async () => {
    const lock = await DirectoryLock.acquire(directory)
    written({ pid: 1, started: '1', host: 'elsewhere' })
    lock.release()
    expect(readFileSync(`${directory}.lock`, 'utf8')).toContain('elsewhere')
  })

  test('a process that is gone has no start', () => {
    expect(isAlive(2 ** 22 + 1)).toBe(false)
    expect(startOf(2 ** 22 + 1)).toBe(undefined)
    expect(startOf(process.pid)).toMatch(/\d/)
  })
})

async function contentOfOwn(): Promise<string> {
  const lock = await DirectoryLock.acquire(`${directory}-own`)
  const content = readFileSync(`${directory}-own.lock`, 'utf8')
  lock.release()
  return content
}
