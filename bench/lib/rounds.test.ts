import { afterEach, expect, test, vi } from 'vitest'
// @ts-expect-error -- plain JavaScript without declarations
import { tellFailures, twice } from './rounds.mjs'

const said = vi.spyOn(console, 'log').mockImplementation(() => {})
const { exitCode } = process
afterEach(() => {
  process.exitCode = exitCode
  said.mockClear()
})

test('a round that fails once is measured again', async () => {
  const measure = vi.fn<() => Promise<number>>().mockRejectedValueOnce(new Error('shed')).mockResolvedValueOnce(7)
  expect(await twice('Plinth', measure)).toEqual({ value: 7 })
  expect(said.mock.calls).toEqual([['Plinth: shed; once more']])
})

test('one that fails twice has a reason and no figure', async () => {
  const measure = vi.fn<() => Promise<number>>().mockRejectedValueOnce(new Error('shed')).mockRejectedValueOnce(new Error('gone'))
  expect(await twice('Plinth', measure)).toEqual({ failed: 'gone' })
})

test('a run in which something failed ends with 1 and says what', () => {
  tellFailures([{ shape: 'hello' }])
  expect([process.exitCode, said.mock.calls]).toEqual([exitCode, []])
  tellFailures([{ shape: 'hello' }, { shape: 'post', headers: 'browser', title: 'Plinth', failed: 'gone' }])
  expect(process.exitCode).toBe(1)
  expect(said.mock.calls.at(-1)).toEqual(['  post, browser headers, Plinth: gone'])
})
