import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readGaps } from './gaps.ts'
import { readMeasurements } from './measured.ts'

let folder: string
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'plinth-compass-'))))
afterAll(() => rm(folder, { recursive: true }))
const write = (name: string, text: string): Promise<void> => writeFile(join(folder, name), text)

const result = (contender: string, headers: string, median: number): object => ({ shape: 'hello', headers, contender, micros: { median } })
const kept = (at: string, ...results: object[]): string => JSON.stringify({ at, machine: { node: '20.1.0' }, results })

test('the newest run of http is read, with the headers of a browser', async () => {
  await write('http-2026-01-01T0000Z.json', kept('2026-01-01T00:00:00Z', result('old', 'browser', 9)))
  await write('http-2026-02-01T0000Z.json', kept('2026-02-01T00:00:00Z', result('plain', 'minimal', 1), result('new', 'browser', 12.5)))
  await write('memory-2026-03-01T0000Z.json', kept('2026-03-01T00:00:00Z', result('other', 'browser', 3)))
  expect(await readMeasurements(folder)).toEqual({
    found: true,
    file: 'http-2026-02-01T0000Z.json',
    at: '2026-02-01T00:00:00Z',
    node: '20.1.0',
    figures: [{ shape: 'hello', contender: 'new', micros: 12.5 }],
  })
})

test('what failed under load has no figure, and the others keep theirs', async () => {
  const failed = { shape: 'hello', headers: 'browser', contender: 'shed', failed: 'not every request was answered well' }
  await write('http-2026-03-01T0000Z.json', kept('2026-03-01T00:00:00Z', failed, result('held', 'browser', 8)))
  expect(await readMeasurements(folder)).toMatchObject({ found: true, figures: [{ shape: 'hello', contender: 'held', micros: 8 }] })
})

test('a file that holds no figures is named, and none are made up', async () => {
  const name = 'http-2026-09-01T0000Z.json'
  for (const text of [
    '{',
    '{}',
    kept('2026-09-01', result('a', 'minimal', 1)),
    kept('2026-09-01', { headers: 'browser' }),
    kept('some day', result('a', 'browser', 1)),
  ]) {
    await write(name, text)
    expect([text, await readMeasurements(folder)]).toEqual([
      text,
      { found: false, why: `${name} does not hold the figures of a whole run` },
    ])
  }
})

test('where nothing was measured it says how to', async () => {
  expect(await readMeasurements(join(folder, 'none'))).toEqual({ found: false, why: expect.stringContaining('npm run bench -- http') })
})

test('what Plinth has not is read from the column of its page', async () => {
  await write(
    'has.md',
    '# Has\n\n| system | not there yet | more |\n|---|---|---|\n| A | [channels](x.md), `y` | z |\n| B | | z |\n\nAlso not there yet: jobs, mail.\n',
  )
  expect(await readGaps(join(folder, 'has.md'))).toEqual(['A: channels, y', 'For any: jobs, mail'])
  await write('other.md', 'nothing of the kind\n')
  expect(await readGaps(join(folder, 'other.md'))).toBeUndefined()
  expect(await readGaps(join(folder, 'none.md'))).toBeUndefined()
})

test('the page that it is read from has that column still', async () => {
  expect(await readGaps(join(import.meta.dirname, '../../docs/what-plinth-has.md'))).toBeInstanceOf(Array)
})
