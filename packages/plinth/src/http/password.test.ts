import { scryptSync } from 'node:crypto'
import { expect, test } from 'vitest'
import { hashPassword, verifyPassword } from '../index.ts'

test('a password is known again, and no other is taken for it', async () => {
  const hash = await hashPassword('correct horse')
  expect(hash).toMatch(/^\$scrypt\$ln=15,r=8,p=3\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
  expect(await verifyPassword('correct horse', hash)).toBe(true)
  expect(await verifyPassword('correct horsf', hash)).toBe(false)
  expect(await verifyPassword('', hash)).toBe(false)
  expect(await hashPassword('correct horse')).not.toBe(hash)
})

test('the hash is scrypt in the PHC string format, with the cost that it names', async () => {
  const salt = Buffer.alloc(16, 7)
  const key = scryptSync('pass', salt, 32, { N: 1024, r: 8, p: 1 })
  const unpadded = (it: Buffer): string => it.toString('base64').replaceAll('=', '')
  expect(await verifyPassword('pass', `$scrypt$ln=10,r=8,p=1$${unpadded(salt)}$${unpadded(key)}`)).toBe(true)
})

test('spellings of one letter are one password', async () => {
  expect(await verifyPassword('caf\u0065\u0301', await hashPassword('caf\u00e9'))).toBe(true)
})

test('where there is no account it takes as long, and the event loop goes on', async () => {
  const hash = await hashPassword('a')
  const time = async (known: string | undefined): Promise<number> => {
    let turns = 0
    const counting = setInterval(() => turns++, 1)
    expect(await verifyPassword('b', known)).toBe(false)
    clearInterval(counting)
    return turns
  }
  const [known, unknown] = [await time(hash), await time(undefined)]
  expect(Math.min(known, unknown)).toBeGreaterThan(3)
  expect(Math.max(known, unknown) / Math.min(known, unknown)).toBeLessThan(20)
})

test('what is no password or no hash is told', async () => {
  for (const it of ['', 'x'.repeat(4_097), undefined as never]) await expect(hashPassword(it)).rejects.toThrow('1 to 4096 characters')
  await expect(verifyPassword('a', 'plain')).rejects.toThrow('no hash that hashPassword has made')
  expect(await verifyPassword('x'.repeat(4_097), undefined)).toBe(false)
})
