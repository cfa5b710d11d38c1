import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileMatcher } from '../../promql/matcher.ts';
import { scopeMatchers } from './scope-matchers.ts';

const sees = (scope: Parameters<typeof scopeMatchers>[0], labels: Readonly<Record<string, string>>) =>
  scopeMatchers(scope).every((matcher) => compileMatcher(matcher)(labels[matcher.label] ?? ''));

describe('scopeMatchers', () => {
  test('an absent list is no limit', () => {
    expect(scopeMatchers({})).toEqual([]);
  });

  test('both lists must hold', () => {
    const scope = { clusters: ['east'], namespaces: ['shop', 'cart'] };
    expect(sees(scope, { cluster: 'east', namespace: 'cart' })).toBe(true);
    expect(sees(scope, { cluster: 'west', namespace: 'cart' })).toBe(false);
    expect(sees(scope, { cluster: 'east', namespace: 'pay' })).toBe(false);
    expect(sees(scope, { cluster: 'east' })).toBe(false);
  });

  test('an empty list hides everything, series without the label too', () => {
    for (const value of ['', 'shop', '\n'])
      expect(sees({ namespaces: [] }, { namespace: value })).toBe(false);
  });

  test('is exact for any names', () => {
    const name = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'a.*+?|()[]{}^$\\\n-') }));
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 4 }), name, (namespaces, namespace) => {
        const isNamed = namespaces.includes(namespace);
        expect(sees({ namespaces }, { namespace })).toBe(isNamed);
      }),
    );
  });

  test('makes only regular expressions, of which absent() makes no labels', () => {
    const scopes = [{ namespaces: ['shop'] }, { namespaces: [] }, { clusters: ['a', 'b'] }];
    for (const { op } of scopes.flatMap(scopeMatchers)) expect(op).toBe('=~');
  });
});
