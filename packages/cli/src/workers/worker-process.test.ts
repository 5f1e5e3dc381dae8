import cluster from 'node:cluster'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { WorkerProcess } from './worker-process.ts'

const folder = mkdtempSync(join(tmpdir(), 'plinth_test_worker-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('a worker that hangs while it starts is given up and ended, so that nobody waits for it for ever', async () => {
  const exec = join(folder, 'hangs.cjs')
  writeFileSync(exec, 'setInterval(() => {}, 1000)')
  cluster.setupPrimary({ exec, args: [] })
  const worker = new WorkerProcess({ ...process.env }, 1, '1', () => {}, 300)
  expect(await worker.started).toMatchObject({ troubles: [{ message: 'A worker did not serve within 0.3 s of its start' }] })
  expect((await worker.exited).how).toBe('SIGKILL')
}, 20_000)
