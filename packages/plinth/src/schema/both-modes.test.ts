import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { generatesCode, results } from './fixtures/both-modes.ts'

test('where code may not be generated every result is the same', async () => {
  expect(generatesCode()).toBe(true)
  const script = fileURLToPath(new URL('fixtures/both-modes.ts', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--disallow-code-generation-from-strings',
    '--import',
    'tsx',
    script,
    'print',
  ])
  const there = JSON.parse(stdout) as { generates: boolean; results: unknown }
  expect(there.generates).toBe(false)
  expect(there.results).toEqual(results())
}, 30_000)
