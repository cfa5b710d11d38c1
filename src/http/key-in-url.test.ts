import { expect, test } from 'vitest';
import { HttpError } from './http-error.ts';
import { refuseKeyInUrl } from './key-in-url.ts';

const key = `ks_0123456789ab_${'z'.repeat(40)}`;

test.each([
  '/mcp?access_token=secret',
  '/mcp?x=1&API_KEY=secret',
  '/mcp?key=secret',
  '/mcp?token=secret',
  '/mcp?%74oken=secret',
  '/mcp?a?token=1&token=secret',
  `/mcp?x=${key}`,
  `/mcp?${key}`,
  `/mcp?x=%6bs_${key.slice(3)}`,
  `/${key}/mcp`,
  `/api/v1/query?query=up&x=Bearer+${key.toUpperCase()}`,
])('%s is refused', (url) => {
  const refuse = () => refuseKeyInUrl(url);
  expect(refuse).toThrow(HttpError);
  expect(refuse).toThrow(/Authorization: Bearer <key>/);
  expect(refuse).not.toThrow(/secret|zzzz/);
});

test.each([
  '/mcp',
  '/mcp?',
  '/api/v1/query?query=rate(tokens_total%7Bkey%3D%22a%22%7D%5B5m%5D)&time=1',
  '/api/v1/label/token/values?match[]=up',
  '/api/v1/query?query=ks_total',
  undefined,
])('%s is none of it', (url) => {
  expect(() => refuseKeyInUrl(url)).not.toThrow();
});
