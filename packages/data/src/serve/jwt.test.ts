import { expect, test } from 'vitest'
import { secret, token } from './fixtures/served.ts'
import { bearerToken, JwtError, JwtVerifier } from './jwt.ts'

const now = Math.floor(Date.now() / 1000)
const refusal = async (given: string, verifier = new JwtVerifier({ secret })): Promise<JwtError> => {
  try {
    await verifier.verify(given)
  } catch (error) {
    if (error instanceof JwtError) return error
    throw error
  }
  throw new Error('it was let in')
}

test('claims of a token that holds are given, and their text with all digits', async () => {
  const verified = await new JwtVerifier({ secret }).verify(await token('{"role":"member","big":9007199254740993}'))
  expect(verified.claims.role).toBe('member')
  expect(verified.text).toBe('{"role":"member","big":9007199254740993}')
})

test('a secret may be base64, and is refused where it is short or none', async () => {
  const key = 'k'.repeat(32)
  const verifier = new JwtVerifier({ secret: btoa(key), base64: true })
  expect((await verifier.verify(await token({ sub: '1' }, { key }))).claims.sub).toBe('1')
  expect(() => new JwtVerifier({ secret: 'short' })).toThrow('The JWT secret has 5 bytes; HS256 wants 32 at least')
  expect(() => new JwtVerifier({ secret: 'no base64!', base64: true })).toThrow('The JWT secret is not base64')
})

test.each([
  ['no token at all', '', 'Empty JWT is sent in Authorization header'],
  ['two parts', 'a.b', 'Expected 3 parts in JWT; got 2'],
  ['a head that is no JSON', 'YQ.e30.YQ', 'The JWT can not be decoded'],
  ['another alphabet', 'e30=.e30.YQ', 'The JWT can not be decoded'],
])('%s is PGRST301', async (_, given, message) => {
  const error = await refusal(given)
  expect([error.code, error.status, error.message]).toEqual(['PGRST301', 401, message])
  expect(error.challenge).toBe(`Bearer error="invalid_token", error_description="${message}"`)
})

test.each([{ alg: 'none' }, { alg: 'HS512' }, { alg: 'RS256' }, { alg: 'hs256' }, {}, { alg: 'HS256', crit: ['b64'] }])(
  'the algorithm is ours to choose: %j',
  async (header) => {
    const error = await refusal(await token({ sub: '1' }, { header }))
    expect([error.code, error.message]).toEqual(['PGRST301', 'Wrong or unsupported encoding algorithm'])
  },
)

test('a token without a signature, with another key or with other claims does not hold', async () => {
  const good = await token({ role: 'member' })
  const [head, , signature] = good.split('.') as [string, string, string]
  const changed = `${head}.${Buffer.from('{"role":"admin"}').toString('base64url')}.${signature}`
  const other = await token({ role: 'member' }, { key: 'another secret that is long enough to sign' })
  for (const it of [changed, other]) expect((await refusal(it)).message).toBe('No suitable key or wrong key type')
  expect((await refusal(`${head}.e30.`)).message).toBe('The JWT can not be decoded')
})

test.each<[object | string, string]>([
  [{ exp: now - 31 }, 'JWT expired'],
  [{ exp: String(now) }, "The JWT 'exp' claim must be a number"],
  [{ nbf: now + 60 }, 'JWT not yet valid'],
  [{ nbf: [] }, "The JWT 'nbf' claim must be a number"],
  [{ iat: now + 60 }, 'JWT issued at future'],
  [{ aud: 5 }, "The JWT 'aud' claim must be a string or an array of strings"],
  [{ role: 5 }, "The JWT 'role' claim must be a string"],
  ['[]', 'Parsing claims failed'],
  ['"text"', 'Parsing claims failed'],
])('claims that do not hold are PGRST303: %j', async (claims, message) => {
  const error = await refusal(await token(claims))
  expect([error.code, error.status, error.message]).toEqual(['PGRST303', 401, message])
})

test('clocks may differ by half a minute', async () => {
  const verifier = new JwtVerifier({ secret })
  for (const claims of [{ exp: now - 20 }, { nbf: now + 20 }, { iat: now + 20 }, { exp: null }]) {
    expect((await verifier.verify(await token(claims))).claims).toEqual(claims)
  }
})

test('an audience that is asked for must be named', async () => {
  const verifier = new JwtVerifier({ secret, audience: 'api' })
  for (const aud of ['api', ['other', 'api']]) expect((await verifier.verify(await token({ aud }))).claims['aud']).toEqual(aud)
  for (const claims of [{}, { aud: 'other' }, { aud: [] }])
    expect((await refusal(await token(claims), verifier)).message).toBe('JWT not in audience')
})

test('tokens stand behind Bearer; other schemes are not ours', () => {
  expect(bearerToken('Bearer a.b.c')).toBe('a.b.c')
  expect(bearerToken('bearer  a.b.c ')).toBe('a.b.c')
  expect(bearerToken('Bearer')).toBe('')
  expect(bearerToken('Basic abc')).toBe(undefined)
  expect(bearerToken(undefined)).toBe(undefined)
})
