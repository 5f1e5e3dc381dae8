import type { Incoming } from '../contract.ts'
import { isAmbient } from '../http/ambient-credentials.ts'
import { problem } from '../http/problem.ts'
import { isSameHost } from '../http/same-host.ts'
import type { Step } from './frame.ts'

/** RFC 6455 §4.1: sixteen bytes in base64. */
const keyForm = /^[+/0-9A-Za-z]{22}==$/
const upgrade = { upgrade: 'websocket' }

/**
 * Judges the opening handshake of a WebSocket (RFC 6455 §4.2.1) before anything else of its route runs: no preflight stands before it, so a
 * page of another site must be refused before its user's cookies are as much as looked up.
 */
export function handshakeStep(origins: ReadonlySet<string>): Step {
  return ({ incoming }) => {
    const offered = incoming.upgrade
    if (offered === undefined)
      throw problem('not-implemented', undefined, { detail: 'This server has no way to let a request go on as a WebSocket.' })
    if (offered === null || !offered.split(',').some((it) => it.trim().toLowerCase() === 'websocket'))
      throw problem('upgrade-required', undefined, { headers: upgrade })
    // RFC 6455 §4.2.2: whoever speaks another version is told which one is spoken here.
    if (incoming.header('sec-websocket-version') !== '13')
      throw problem('upgrade-required', undefined, { headers: { ...upgrade, 'sec-websocket-version': '13' } })
    if (!keyForm.test(incoming.header('sec-websocket-key') ?? ''))
      throw problem('malformed-request', undefined, { detail: 'Sec-WebSocket-Key must be sixteen bytes in base64.' })
    if (!isOwn(incoming, origins)) throw problem('cross-site-request')
  }
}

/** A browser always says where its page is from (RFC 6455 §10.2). Where nobody says so, a cookie does not tell who has sent it. */
function isOwn(incoming: Incoming, origins: ReadonlySet<string>): boolean {
  const origin = incoming.header('origin')
  if (origin !== undefined) return origins.has(origin) || isSameHost(origin, incoming.header('host'), incoming.peer.secure)
  const authorization = incoming.header('authorization')
  return incoming.header('cookie') === undefined || (authorization !== undefined && !isAmbient(authorization))
}
