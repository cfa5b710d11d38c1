import { expect, test } from 'vitest';
import { suggestTime } from './suggest-time.ts';

test.each([
  ['yesterday', 'now-1d'],
  ['Today', '2025-06-15T00:00:00Z'],
  ['1 hour ago', 'now-1h'],
  ['90 minutes ago', 'now-90m'],
  ['last hour', 'now-1h'],
  ['past 24 hours', 'now-24h'],
  ['now - 2 days', 'now-2d'],
  ['now()-15min', 'now-15m'],
  ['now-60', 'now-60s'],
  ['-1 week', 'now-1w'],
  ['PT1H30M', 'now-1h30m'],
  ['P2D', 'now-2d'],
  ['6/5/2025', '2025-06-05'],
  ['15.06.2025 9:05', '2025-06-15T09:05'],
  ['2025-6-5 10:00', '2025-06-05T10:00'],
  ['Jun 5, 2025', '2025-06-05'],
  ['5 June 2025 10:00:30', '2025-06-05T10:00:30'],
  ['9:05', '2025-06-15T09:05'],
  ['2025-06-15T10:00:00 PST', '2025-06-15T10:00:00-08:00'],
  ['2025-06-15T10:00:00 XYZ', undefined],
  ['99/99/2025', undefined],
  ['soon', undefined],
  ['P', undefined],
  ['ago', undefined],
  ['', undefined],
])('%s: %s', (text, meant) => {
  expect(suggestTime(text, '2025-06-15')).toBe(meant);
});
