import { expect, test } from 'vitest';
import { InputError } from '../telemetry/input-error.ts';
import { formatAddress, parseListenAddress } from './listen-address.ts';

test.each([
  ['127.0.0.1:3939', '127.0.0.1', 3939],
  ['localhost:0', 'localhost', 0],
  ['0.0.0.0:65535', '0.0.0.0', 65535],
  [' [::1]:0 ', '::1', 0],
  ['[::]:80', '::', 80],
  ['kubesense.svc:3939', 'kubesense.svc', 3939],
])('%s', (text, host, port) => {
  const address = parseListenAddress(text);
  expect(address).toEqual({ host, port });
  if (address !== 'off') expect(formatAddress(address)).toBe(text.trim());
});

test.each(['off', ' OFF '])('%s switches it off', (text) => expect(parseListenAddress(text)).toBe('off'));

test.each([
  '',
  '3939',
  ':3939',
  'localhost',
  'localhost:',
  'localhost:65536',
  'localhost:-1',
  'a:b',
  '::1:3939',
  'http://a:1',
  'a b:1',
  'u@a:1',
  '[a]:1',
])('%j is none', (text) => {
  expect(() => parseListenAddress(text)).toThrow(InputError);
  expect(() => parseListenAddress(text)).toThrow(/127\.0\.0\.1:3939.*off/);
});
