import { expect, test } from 'vitest'
import { FormFile } from './form-file.ts'

test("a file gives its own bytes alone, also where it stands in a Buffer among others' bytes", async () => {
  const pool = Buffer.from('before|inside|after')
  const file = new FormFile('field', 'a.txt', 'text/plain', pool.subarray(7, 13))
  expect(new TextDecoder().decode(await file.arrayBuffer())).toBe('inside')
  const first = new Uint8Array(await file.arrayBuffer())
  first.fill(0)
  expect(await file.text()).toBe('inside')
})
