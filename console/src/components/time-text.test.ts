import { expect, test } from 'vitest';
import { relativeTime, spanText } from './time-text.ts';

const now = new Date('2026-11-23T12:00:00Z');
const relative = (seconds: number) => relativeTime(new Date(now.getTime() + seconds * 1000), now);

test.each([
  [-5, 'just now'],
  [5, 'in less than a minute'],
  [-100, '2 minutes ago'],
  [-3600, '1 hour ago'],
  [90 * 86_400 - 20, 'in 90 days'],
  [-400 * 86_400, '1 year ago'],
])('%d s from now is %j', (seconds, text) => {
  expect(relative(seconds)).toBe(text);
});

test.each([
  [7 * 86_400, '7 days'],
  [86_400, '1 day'],
  [36 * 3600, '36 hours'],
  [90, '90 s'],
])('%d s are %j', (seconds, text) => {
  expect(spanText(seconds)).toBe(text);
});
