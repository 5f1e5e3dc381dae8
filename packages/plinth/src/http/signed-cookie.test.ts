import { expect, test } from 'vitest'
import { parseCookies, serializeCookie } from './cookies.ts'
import { signCookie, unsignCookie } from './signed-cookie.ts'

const old = 'an old secret of more than 32 characters'
const current = 'the present secret of more than 32 characters'

test('what was signed verifies, also after a way through a cookie', async () => {
  for (const value of ['', 'x', 'a.b.c', 'é; "x"', 'x'.repeat(1_000)]) {
    const signed = await signCookie('id', value, current)
    expect(signed).toMatch(/\.[A-Za-z0-9_-]{43}$/)
    const [pair] = serializeCookie('id', signed).split('; ')
    expect(await unsignCookie('id', parseCookies(pair)['id'], current)).toBe(value)
  }
})

test('the first secret signs and all verify', async () => {
  const before = await signCookie('id', 'x', old)
  expect(await unsignCookie('id', before, [current, old])).toBe('x')
  expect(await unsignCookie('id', before, [current])).toBeUndefined()
  const after = await signCookie('id', 'x', [current, old])
  expect(await unsignCookie('id', after, current)).toBe('x')
  expect(await unsignCookie('id', after, old)).toBeUndefined()
})

test('anything else does not verify', async () => {
  const signed = await signCookie('id', 'x', current)
  const [value = '', signature = ''] = signed.split('.')
  const last = signature.slice(-1)
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  const sameBits = alphabet[alphabet.indexOf(last) + 1] ?? ''
  for (const bad of [
    undefined,
    '',
    'x',
    '.',
    value,
    `y.${signature}`,
    `${value}.${signature.slice(1)}A`,
    `${value}.${signature}=`,
    `${value}.${signature.slice(0, -1)}${sameBits}`,
    `${value}.${'*'.repeat(43)}`,
    `${value}-${signature}`,
    signature,
    `${signed}.`,
  ]) {
    expect(await unsignCookie('id', bad, current)).toBeUndefined()
  }
  expect(await unsignCookie('admin', signed, current)).toBeUndefined()
})

test('short or missing secrets are refused', async () => {
  for (const secrets of ['', 'short', [], [current, 'short'], [undefined as unknown as string]]) {
    await expect(signCookie('id', 'x', secrets)).rejects.toThrow('32 characters')
    await expect(unsignCookie('id', 'x', secrets)).rejects.toThrow('32 characters')
  }
})
