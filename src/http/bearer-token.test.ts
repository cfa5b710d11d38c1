import { expect, test } from 'vitest';
import { bearerToken } from './bearer-token.ts';

test.each([
  ['Bearer abc', 'abc'],
  ['bearer  abc ', 'abc'],
  ['BEARER a-._~+/1==', 'a-._~+/1=='],
])('%j', (header, token) => expect(bearerToken(header)).toBe(token));

test.each([
  undefined,
  '',
  'Bearer',
  'Bearer ',
  'abc',
  'Basic abc',
  'Bearer a b',
  'Bearerabc',
  'Bearer a,b',
  'x Bearer abc',
  'Bearer a\nb',
])('%j has none', (header) => expect(bearerToken(header)).toBeUndefined());
