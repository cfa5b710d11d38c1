import { expect, test } from 'vitest';
import { createClientAddress } from './client-address.ts';

const from = (remoteAddress: string | undefined, forwardedFor?: string) => {
  const headers = forwardedFor === undefined ? {} : { 'x-forwarded-for': forwardedFor };
  return { headers, socket: { remoteAddress } };
};

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['::ffff:c000:207', '192.0.2.7'],
  ['2001:0DB8:0:0::1', '2001:db8::1'],
  ['fe80::1%eth0', 'fe80::1'],
  ['::1', '::1'],
  [undefined, ''],
])('a connection from %s is from %s', (remote, expected) => {
  expect(createClientAddress(false)(from(remote))).toBe(expected);
});

test('what a client says about itself counts for nothing without a proxy', () => {
  expect(createClientAddress(false)(from('192.0.2.7', '203.0.113.9'))).toBe('192.0.2.7');
});

test.each([
  ['203.0.113.9', '203.0.113.9'],
  ['198.51.100.1, 203.0.113.9', '203.0.113.9'],
  ['10.0.0.1,,  203.0.113.9  ', '203.0.113.9'],
  ['203.0.113.9:4711', '203.0.113.9'],
  ['[2001:DB8::0:1]:4711', '2001:db8::1'],
  ['2001:db8::1', '2001:db8::1'],
  ['::ffff:203.0.113.9', '203.0.113.9'],
  ['203.0.113.9, unknown', '192.0.2.7'],
  ['203.0.113.9,', '192.0.2.7'],
  ['_hidden', '192.0.2.7'],
  ['[203.0.113.9]x', '192.0.2.7'],
  ['', '192.0.2.7'],
  [undefined, '192.0.2.7'],
])('behind a proxy, X-Forwarded-For: %j is from %s', (forwardedFor, expected) => {
  expect(createClientAddress(true)(from('192.0.2.7', forwardedFor))).toBe(expected);
});
