import { expect, test } from 'vitest'
import { parseIp } from '../../packages/plinth/src/http/ip-address.ts'
import { readProxyHeader } from '../../packages/plinth/src/node/proxy-header.ts'
import { Random } from './random.ts'

/** A header of version 2 by what stands behind its signature. */
function v2(hex: string): Buffer {
  return Buffer.from(`0d0a0d0a000d0a515549540a${hex}`, 'hex')
}

const seed = Number(process.env['FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
test(`however bytes are changed and cut, the verdict is the same, within limits, and a peer is an address; seed ${seed}`, () => {
  const random = new Random(seed)
  const seeds = [
    Buffer.from('PROXY TCP4 192.0.2.1 192.0.2.2 4711 443\r\n'),
    Buffer.from('PROXY TCP6 2001:db8::1 ::1 4711 443\r\n'),
    Buffer.from('PROXY UNKNOWN\r\n'),
    v2('21110014c0000201c00002021234005020000501'.concat('00000000')),
    v2('2121002420010db80000000000000000000000010000000000000000000000000000000112340050'),
    v2(`213100d8${'00'.repeat(216)}`),
  ]
  let taken = 0
  for (let i = 0; i < 20_000; i++) {
    const bytes = Buffer.concat([seeds[random.below(seeds.length)] as Buffer, Buffer.from('GET / HTTP/1.1\r\n\r\n')])
    for (let times = random.below(3); times > 0; times--) bytes[random.below(bytes.length)] = random.below(256)
    const whole = readProxyHeader(bytes)
    // What is true of a part stays true of the whole.
    const part = readProxyHeader(bytes.subarray(0, random.below(bytes.length)))
    if (part !== 'more') expect(part).toEqual(whole)
    if (typeof whole === 'string') continue
    taken++
    expect(whole.length).toBeLessThanOrEqual(4_112)
    if (whole.peer === undefined || whole.peer.address === 'unix') continue
    expect(parseIp(whole.peer.address), JSON.stringify(bytes.toString('latin1'))).toBeDefined()
    expect(whole.peer.port).toBeLessThan(65_536)
  }
  expect(taken).toBeGreaterThan(2_000)
})
