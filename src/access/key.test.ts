import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { generateKey, hashKey, isKeyId, keyId, matchesHash } from './key.ts';

describe('a key', () => {
  const keys = Array.from({ length: 2_000 }, generateKey);

  test('is ks_<id>_<secret> with 200 bits of secret', () => {
    for (const { id, key } of keys) {
      expect(key).toMatch(/^ks_[0-9a-hjkmnp-tv-z]{12}_[0-9a-hjkmnp-tv-z]{40}$/);
      expect(keyId(key)).toBe(id);
      expect(isKeyId(id)).toBe(true);
    }
  });

  test('is never made twice, and uses all characters alike', () => {
    expect(new Set(keys.map(({ id }) => id)).size).toBe(keys.length);
    const counts = new Map<string, number>();
    const characters = keys.map(({ key }) => key.slice(-40)).join('');
    for (const character of characters) counts.set(character, (counts.get(character) ?? 0) + 1);
    expect(counts.size).toBe(32);
    // 80,000 draws from 32: 2,500 each, with a standard deviation of 49. Eight of those are no accident.
    for (const count of counts.values()) expect(Math.abs(count - 2_500)).toBeLessThan(400);
  });

  test.each(['', 'ks_', 'ks_abc_def', `${'x'.repeat(53)}`, 'ks_0123456789ab_', ' ks_0123456789ab_0'])(
    '%j is none',
    (text) => expect(keyId(text)).toBeUndefined(),
  );

  test('has letters in one case only', () => {
    const { key } = generateKey();
    expect(keyId(key.toUpperCase())).toBeUndefined();
    expect(keyId(`${key}0`)).toBeUndefined();
    expect(keyId(`${key}\n`)).toBeUndefined();
  });
});

describe('its hash', () => {
  test('is SHA-256', () => {
    expect(hashKey('ks_a_b')).toBe(createHash('sha256').update('ks_a_b').digest('hex'));
  });

  test('matches that key alone', () => {
    const { key } = generateKey();
    expect(matchesHash(key, hashKey(key))).toBe(true);
    expect(matchesHash(generateKey().key, hashKey(key))).toBe(false);
  });
});
