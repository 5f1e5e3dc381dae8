import { type Context, identify, type Identity, type Principal } from 'plinth'
import { bearerToken, type JwtClaims, JwtError, type JwtVerifier } from './jwt.ts'

/** Claims as they were signed, by the object that was made of them. */
const texts = new WeakMap<object, string>()

/** The claims of the token that a request bears; null without one. Throws {@link JwtError} for one that does not hold. */
export function bearerClaims(verifier: JwtVerifier): (ctx: Context) => Promise<JwtClaims | null> {
  return async (ctx) => {
    const token = bearerToken(ctx.header('authorization'))
    if (token === undefined) return null
    const { claims, text } = await verifier.verify(token)
    texts.set(claims, text)
    return claims
  }
}

/** Who asks is the bearer of a token: its claims. */
export function bearerIdentity(verifier: JwtVerifier): Identity {
  const claims = bearerClaims(verifier)
  // Whatever an application registers as its principal: with tokens of others, these claims are it.
  return identify(async (ctx) => (await claims(ctx)) as unknown as Principal | null, { name: 'bearer token' })
}

/** As whom a request acts in the database, and what policies there are told of him. */
export interface RoleAndClaims {
  readonly role: string
  /** JSON. */
  readonly claims: string
}

/**
 * The role that the claims name, else that of strangers.
 * @throws {JwtError} PGRST302 where strangers are not let in.
 */
export function roleOf(claims: JwtClaims | null, anonRole: string | undefined): RoleAndClaims {
  const named = claims?.role ?? undefined
  const role = named ?? anonRole
  if (role === undefined) throw new JwtError('PGRST302', 'Anonymous access is disabled')
  if (claims === null || named === undefined) return { role, claims: JSON.stringify({ ...claims, role }) }
  return { role, claims: texts.get(claims) ?? JSON.stringify(claims) }
}
