import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { ask } from './ask.ts'

test('asks, and gives the line that is answered', async () => {
  const [input, output] = [new PassThrough(), new PassThrough()]
  const answer = ask('Name? ', input, output)
  input.write('my-app\nmore\n')
  expect(await answer).toBe('my-app')
  expect(String(output.read())).toBe('Name? ')
})

test('an input that ends without an answer is told', async () => {
  const input = new PassThrough()
  const answer = ask('Name? ', input, new PassThrough())
  input.end()
  await expect(answer).rejects.toThrow('The input ended before the question was answered')
})
