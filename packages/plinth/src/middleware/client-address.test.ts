import { expect, test } from 'vitest'
import { addressKey, forwardedAddress } from './client-address.ts'

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['::FFFF:c000:0201', '192.0.2.1'],
  ['0:0:0:0:0:ffff:192.0.2.1', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:DB8:1:2:ffff:ffff:ffff:ffff', '2001:db8:1:2::/64'],
  ['2001:0db8:0001:0002::9', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['::', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['64:ff9b::192.0.2.1', '64:ff9b:0:0::/64'],
])('%s counts as %s', (address, key) => {
  expect(addressKey(address)).toBe(key)
})

test.each([
  ...['', 'unknown', '256.1.1.1', '1.2.3', '1.2.3.4.5', 'a.b.c.d', '1:2:3', '1::2::3', ':::', '12345::', 'g::1', '1:2:3:4:5:6:7:8:9'],
  ...['1:2:3:4::5:6:7:8', '::1.2.3', '::1.2.3.256', '192.0.2.1:80', '_hidden'],
])('%j is no address', (address) => {
  expect(addressKey(address)).toBe('')
})

test.each([
  ['192.0.2.1', 1, '192.0.2.1'],
  ['6.6.6.6, 192.0.2.1', 1, '192.0.2.1'],
  ['6.6.6.6, 192.0.2.1, 10.0.0.1', 2, '192.0.2.1'],
  ['192.0.2.1:4711', 1, '192.0.2.1'],
  ['[2001:db8::1]:4711', 1, '2001:db8::1'],
  ['[2001:db8::1]', 1, '2001:db8::1'],
  ['2001:db8::1', 1, '2001:db8::1'],
  ['192.0.2.1', 2, undefined],
  ['6.6.6.6, unknown', 1, undefined],
  ['6.6.6.6,', 1, undefined],
  ['', 1, undefined],
  [undefined, 1, undefined],
])('of X-Forwarded-For %j with %i trusted proxies %s is believed', (header, hops, address) => {
  expect(forwardedAddress(header, hops)).toBe(address)
})
