import { describe, expect, test } from 'vitest';
import { InputError } from '../input-error.ts';
import type { Filter } from './ast.ts';
import { parseFilter, resolveFilter } from './filter.ts';

const logs = (text: string): { readonly filter: Filter | undefined } =>
  resolveFilter(parseFilter(text), { signal: 'logs', attributes: new Set(), now: 0n });

describe('limits', () => {
  const term = 'level = ERROR';
  const chain = (terms: number) => Array.from({ length: terms }, () => term).join(' AND ');
  const nested = (levels: number) => `${'('.repeat(levels)}${term}${')'.repeat(levels)}`;
  const negated = (levels: number) => `${'NOT '.repeat(levels)}${term}`;
  const sized = (bytes: number) => `body = '${'é'.repeat((bytes - 9) / 2)}'`;

  test('are reached', () => {
    expect(logs(chain(500)).filter).toMatchObject({ kind: 'and' });
    expect(logs(nested(50)).filter).toMatchObject({ kind: 'comparison' });
    expect(logs(negated(50)).filter).toMatchObject({ kind: 'not' });
    expect(new TextEncoder().encode(`${sized(65_535)} `)).toHaveLength(65_536);
    expect(logs(`${sized(65_535)} `).filter).toMatchObject({ kind: 'comparison' });
  });

  test.each<[string, string]>([
    ['501 conditions', chain(501)],
    ['51 parentheses', nested(51)],
    ['51 NOTs', negated(51)],
    ['65,537 bytes', `${sized(65_535)}  `],
    ['60 KB of parentheses', '('.repeat(60_000)],
    ['60 KB of NOT', 'NOT '.repeat(15_000)],
    ['60 KB of both', 'NOT('.repeat(15_000)],
    ['10 MB', 'x'.repeat(10_000_000)],
    ['1001 wildcards', `body LIKE '${'%a'.repeat(1001)}'`],
    ['a large pattern', `body =~ '(a{1000}){1}${'b{1000}'.repeat(20)}'`],
    ['many patterns', Array.from({ length: 400 }, () => "body =~ '[abc]{60}'").join(' OR ')],
  ])('%s: an error with a place', (_, text) => {
    expect(() => logs(text)).toThrow(expect.objectContaining({ place: expect.objectContaining({ text }) }));
    expect(() => logs(text)).toThrow(InputError);
  });
});
