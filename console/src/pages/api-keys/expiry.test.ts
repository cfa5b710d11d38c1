import { expect, test } from 'vitest';
import { dayText, expiresAt } from './expiry.ts';

const now = new Date(2026, 10, 23, 12, 0, 0);

test('a number of days counts from now, and never is null', () => {
  expect(expiresAt('7', '', now)).toBe(new Date(now.getTime() + 7 * 86_400_000).toISOString());
  expect(expiresAt('never', '', now)).toBeNull();
});

test('a key with a last day works until that day is over', () => {
  expect(expiresAt('date', '2026-11-23', now)).toBe(new Date(2026, 10, 24).toISOString());
  expect(expiresAt('date', '2026-12-31', now)).toBe(new Date(2027, 0, 1).toISOString());
});

test.each(['', '2026-11-22', 'tomorrow'])('%j is no last day', (date) => {
  expect(expiresAt('date', date, now)).toBeUndefined();
});

test('a day is written as date inputs take it', () => {
  expect(dayText(new Date(2026, 0, 5))).toBe('2026-01-05');
});
