import { pino } from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { alice, bob, event, noon } from '../../test/access/audit-events.ts';
import type { AuditRecord } from './audit.ts';
import { AuditTrail } from './audit-trail.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function start(broken: { value: boolean } | 'no sink' = { value: false }) {
  const lines: Record<string, unknown>[] = [];
  const batches: { token: string; records: readonly AuditRecord[] }[] = [];
  const counted: (readonly [string, number])[] = [];
  const clock = { ms: noon };
  let tokens = 0;
  const trail = new AuditTrail({
    log: pino({ base: null, timestamp: false }, { write: (line) => lines.push(JSON.parse(line)) }),
    now: () => clock.ms,
    redact: (value) => JSON.parse(JSON.stringify(value).replaceAll('s3cret', '[redacted]')),
    newToken: () => `token-${++tokens}`,
    observe: (outcome, records) => counted.push([outcome, records]),
    ...(broken !== 'no sink' && {
      sink: async (records, token) => {
        batches.push({ token, records });
        if (broken.value) throw new Error('the store is away');
      },
    }),
  });
  return { trail, clock, lines, batches, counted };
}

test('a record is a line of the log at once, and stored within two seconds', async () => {
  const { trail, lines, batches, counted } = start();
  trail.record(event({ query: { filters: 'body = "s3cret"', limit: 5 } }));
  const query = '{"filters":"body = \\"[redacted]\\"","limit":5}';
  expect(lines).toEqual([
    {
      level: 30,
      key: 'a11ce0000000',
      key_name: 'alice',
      action: 'search-logs',
      query,
      from: '2023-01-29T08:41:00.000Z',
      to: '2023-01-29T10:30:00.000Z',
      rows: 10,
      ms: 12,
      outcome: 'ok',
      msg: 'audit',
    },
  ]);
  await vi.advanceTimersByTimeAsync(1_999);
  expect(batches).toEqual([]);
  trail.record(event({ action: 'analyze-logs', window: undefined, rows: undefined }));
  await vi.advanceTimersByTimeAsync(1);
  expect(batches).toEqual([
    {
      token: 'token-1',
      records: [
        { ...event(), query, time: noon },
        {
          ...event({ action: 'analyze-logs', window: undefined, rows: undefined }),
          query: '{"filters":"level = \\"ERROR\\""}',
          time: noon,
        },
      ],
    },
  ]);
  expect(counted).toEqual([['stored', 2]]);
});

test('a query is cut behind its secrets', () => {
  const { trail, lines } = start('no sink');
  trail.record(event({ query: { filters: `${'x'.repeat(4_075)}s3cret` } }));
  const query = String(lines[0]?.query);
  expect(query).toHaveLength(4_096);
  expect(query.endsWith('x[redacte…')).toBe(true);
});

test('a batch that could not be stored is tried again as it was, before what came later', async () => {
  const broken = { value: true };
  const { trail, lines, batches, counted } = start(broken);
  trail.record(event());
  await vi.advanceTimersByTimeAsync(2_000);
  trail.record(event({ action: 'search-traces' }));
  await vi.advanceTimersByTimeAsync(9_999);
  expect(batches).toHaveLength(1);
  broken.value = false;
  await vi.advanceTimersByTimeAsync(1);
  expect(batches.map(({ token, records }) => [token, records.map(({ action }) => action)])).toEqual([
    ['token-1', ['search-logs']],
    ['token-1', ['search-logs']],
    ['token-2', ['search-traces']],
  ]);
  expect(counted).toEqual([
    ['stored', 1],
    ['stored', 1],
  ]);
  expect(lines.filter(({ level }) => level === 40)).toHaveLength(1);
});

test('while the store is away only so many wait; the rest is in the log, and counted', async () => {
  const broken = { value: true };
  const { trail, lines, batches, counted } = start(broken);
  trail.record(event());
  await vi.advanceTimersByTimeAsync(2_000);
  for (let i = 0; i < 10_003; i++) trail.record(event());
  expect(counted).toEqual(Array.from({ length: 3 }, () => ['lost', 1]));
  expect(lines.filter(({ msg }) => msg === 'audit')).toHaveLength(10_004);
  broken.value = false;
  await trail.close();
  expect(counted.slice(3).map(([, records]) => records)).toEqual([
    1,
    ...Array.from({ length: 10 }, () => 1_000),
  ]);
  expect(batches.every(({ records }) => records.length <= 1_000)).toBe(true);
});

test('closing stores what waits, and counts what can not be stored', async () => {
  const { trail, batches, counted } = start();
  trail.record(event());
  await trail.close();
  expect(batches).toHaveLength(1);
  expect(counted).toEqual([['stored', 1]]);

  const away = start({ value: true });
  away.trail.record(event());
  away.trail.record(event());
  await away.trail.close();
  expect(away.counted).toEqual([['lost', 2]]);
});

test('of what a limit left undone, one record a minute of each key is kept', () => {
  const { trail, clock, lines } = start('no sink');
  const limited = (key = alice) => trail.record(event({ ...key, outcome: 'limited' }));
  limited();
  limited();
  limited(bob);
  trail.record(event());
  clock.ms += 59_999;
  limited();
  clock.ms += 1;
  limited();
  limited();
  expect(lines.map(({ key_name, outcome }) => [key_name, outcome])).toEqual([
    ['alice', 'limited'],
    ['bob', 'limited'],
    ['alice', 'ok'],
    ['alice', 'limited'],
  ]);
});

test('without a store a record is in the log alone', async () => {
  const { trail, lines, counted } = start('no sink');
  trail.record(event());
  await trail.close();
  expect(lines).toHaveLength(1);
  expect(counted).toEqual([]);
});
