import { expect, test } from 'vitest'
import { isEvents } from './open-events.ts'

test('a value that is the name of a field is not taken for the field', () => {
  expect(isEvents(['access-control-expose-headers', 'content-type', 'content-type', 'text/event-stream'])).toBe(true)
  expect(isEvents(['vary', 'content-type', 'text/event-stream', 'x'])).toBe(false)
})
