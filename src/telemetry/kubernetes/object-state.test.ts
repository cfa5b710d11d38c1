import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { differences, leavesOf } from './object-state.ts';

describe('leaves', () => {
  test('have paths with the names that Kubernetes has for entries of lists', () => {
    expect([
      ...leavesOf({
        replicas: 2,
        template: {
          spec: {
            containers: [{ name: 'app', args: ['a', 'b'], envFrom: [{ secretRef: { name: 'db' } }] }],
            hostNetwork: false,
            nodeSelector: null,
          },
        },
        taints: [{ key: 'dedicated', effect: 'NoExecute' }],
      }),
    ]).toEqual([
      ['replicas', 2],
      ['template.spec.containers[app].name', 'app'],
      ['template.spec.containers[app].args[0]', 'a'],
      ['template.spec.containers[app].args[1]', 'b'],
      ['template.spec.containers[app].envFrom[Secret db].secretRef.name', 'db'],
      ['template.spec.hostNetwork', false],
      ['template.spec.nodeSelector', null],
      ['taints[dedicated].key', 'dedicated'],
      ['taints[dedicated].effect', 'NoExecute'],
    ]);
  });

  test('what is no object has none, and depth ends', () => {
    expect(leavesOf(undefined).size).toBe(0);
    let deep: unknown = 1;
    for (let i = 0; i < 50_000; i++) deep = [deep];
    expect(leavesOf(deep).size).toBe(1);
  });
});

test('differences are those of two plain objects', () => {
  const values = fc.dictionary(fc.constantFrom('a', 'b', 'c', '__proto__', ''), fc.constantFrom(1, 2, 'x'));
  fc.assert(
    fc.property(values, values, (before, after) => {
      const found = differences(Object.entries(before), Object.entries(after));
      const mended = new Map(Object.entries(before));
      for (const { name, from, to } of found) {
        expect(mended.get(name)).toBe(from);
        expect(from).not.toBe(to);
        if (to === undefined) mended.delete(name);
        else mended.set(name, to);
      }
      expect(mended).toEqual(new Map(Object.entries(after)));
      expect(differences(Object.entries(after), Object.entries(after))).toEqual([]);
    }),
    { numRuns: 100 },
  );
});
