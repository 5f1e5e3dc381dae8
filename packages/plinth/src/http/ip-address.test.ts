import { expect, test } from 'vitest'
import { inRange, parseIp, parseRange } from './ip-address.ts'

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['::ffff:c000:201', '192.0.2.1'],
  ['::', '0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0'],
  ['2001:db8::1', '32.1.13.184.0.0.0.0.0.0.0.0.0.0.0.1'],
  ['fe80::1%eth0', '254.128.0.0.0.0.0.0.0.0.0.0.0.0.0.1'],
  ['64:ff9b::192.0.2.1', '0.100.255.155.0.0.0.0.0.0.0.0.192.0.2.1'],
  ['1:2:3:4:5:6:7:8', '0.1.0.2.0.3.0.4.0.5.0.6.0.7.0.8'],
])('%s is read', (text, bytes) => {
  expect(parseIp(text)?.join('.')).toBe(bytes)
})

test.each([
  '',
  '1.2.3',
  '1.2.3.4.5',
  '256.1.1.1',
  '010.1.1.1',
  '1.2.3.4 ',
  '0x7f.1',
  ':::',
  '1::2::3',
  '1:2:3',
  '12345::',
  'g::',
  '::1.2.3',
])('%j is no address', (text) => {
  expect(parseIp(text)).toBeUndefined()
})

test.each([
  '10.0.0.0/33',
  '10.0.0.0/-1',
  '10.0.0.0/08',
  '10.0.0.0/',
  '10.1.0.0/8',
  '10.0.0.0/8/8',
  '::/129',
  '::ffff:10.0.0.0/8',
  'fe80::%a/64',
])('%j is no range', (text) => {
  expect(parseRange(text)).toBeUndefined()
})

test.each([
  ['10.0.0.0/8', '10.255.255.255', true],
  ['10.0.0.0/8', '11.0.0.0', false],
  ['192.0.2.128/25', '192.0.2.128', true],
  ['192.0.2.128/25', '192.0.2.127', false],
  ['192.0.2.1', '192.0.2.1', true],
  ['192.0.2.1', '192.0.2.3', false],
  ['0.0.0.0/0', '203.0.113.9', true],
  ['0.0.0.0/0', '2001:db8::1', false],
  ['::/0', '203.0.113.9', false],
  ['::ffff:10.0.0.0/104', '10.9.9.9', true],
  ['10.0.0.0/8', '::ffff:10.9.9.9', true],
  ['2001:db8::/33', '2001:db8:7fff::1', true],
  ['2001:db8::/33', '2001:db8:8000::1', false],
])('%s holds %s: %s', (range, address, holds) => {
  const read = [parseIp(address), parseRange(range)] as const
  expect(inRange(read[0] as number[], read[1] as NonNullable<(typeof read)[1]>)).toBe(holds)
})
