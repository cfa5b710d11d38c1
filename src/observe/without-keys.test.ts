import fc from 'fast-check';
import { expect, test } from 'vitest';
import { generateKey } from '../access/key.ts';
import { withoutKeys } from './without-keys.ts';

test('a key is taken out of any text, and the rest stays', () => {
  const rest = fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('ks_', ''));
  fc.assert(
    fc.property(rest, rest, (before, after) => {
      const { id, key } = generateKey();
      const shown = withoutKeys(`${before}${key} ${after}${key}`);
      expect(shown).toBe(`${before}ks_${id}_… ${after}ks_${id}_…`);
    }),
  );
});

test('what is no key stays', () => {
  for (const text of ['', 'ks_', 'ks_short_x', 'tasks_done', 'KS_BYZ3J7N4ZXMK_C8D5'])
    expect(withoutKeys(text)).toBe(text);
});
