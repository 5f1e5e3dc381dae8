import { STATUS_CODES } from 'node:http'
import { expect, it } from 'vitest'
import { reasonPhrases } from './reason-phrases.ts'

it('has the phrases that node:http has', () => {
  expect(Object.fromEntries(reasonPhrases)).toEqual(STATUS_CODES)
})
