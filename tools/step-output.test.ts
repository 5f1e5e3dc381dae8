import { expect, test } from 'vitest'
// @ts-expect-error -- the tools are plain JavaScript without declarations
import * as tool from './step-output.mjs'
// @ts-expect-error -- the tools are plain JavaScript without declarations
import * as workspace from './workspace.mjs'

const { said, skipped } = tool as { readonly said: (stdout: string) => string; readonly skipped: (output: string) => readonly string[] }
const { run } = workspace as {
  readonly run: (
    command: string,
    args: readonly string[],
  ) => Promise<{ readonly code: number; readonly signal: string | null; readonly output: string; readonly stdout: string }>
}
const node = (text: string): ReturnType<typeof run> => run(process.execPath, ['-e', text])

test('what was skipped is shown, once each, wherever it stands in a line', () => {
  const output = ' ✓ a.test.ts\nstderr | b.test.ts\nSKIPPED: no server\n  SKIPPED: no server\n4 tests, SKIPPED the fifth \n 2 skipped\n'
  expect(skipped(output)).toEqual(['SKIPPED: no server', 'SKIPPED the fifth'])
  expect(skipped('all of it\n')).toEqual([])
})

test('a step says its last line of the standard output, whatever its children say as they end', async () => {
  const { code, stdout, output } = await node("console.log('a\\n351 names'); console.error('context canceled')")
  expect([code, said(stdout)]).toEqual([0, '351 names'])
  expect(output).toContain('context canceled')
  expect(said(`${'x'.repeat(200)}\n`)).toHaveLength(98)
})

test('a step that a signal ends has failed', async () => {
  expect(await node("console.log('fine'); process.kill(process.pid, 'SIGKILL')")).toMatchObject({ code: 1, signal: 'SIGKILL' })
})
