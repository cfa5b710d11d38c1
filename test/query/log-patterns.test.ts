import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Queries } from '../../src/query/queries.ts';
import { join, type Sql, sql } from '../../src/store/sql/sql.ts';
import type { Store } from '../../src/store/store.ts';
import {
  readShape,
  statusClass,
  statusPattern,
  valuePattern,
  wildcard,
} from '../../src/telemetry/log-pattern/shape.ts';
import { startTestEngine, type TestEngine } from '../support/store.ts';
import { call, openQueries } from './fixture.ts';

const start = 1_767_323_045_000_000_000n;
const minute = 60_000_000_000n;
const at = (minutes: number): string => String(start + BigInt(Math.round(minutes * 60)) * 1_000_000_000n);

let engine: TestEngine;
let store: Store;
let queries: Queries;

beforeAll(async () => {
  engine = await startTestEngine();
  ({ store, queries } = await openQueries(engine, { now: () => start + 1440n * minute }));
});
afterAll(() => engine.close());

interface StoredLog {
  /** Minutes from the start. */
  readonly at: number;
  readonly body: string;
  readonly namespace?: string;
  readonly service?: string;
  readonly severity?: number;
}

async function insertLogs(logs: readonly StoredLog[]): Promise<void> {
  const rows = logs.map(
    ({ at: minutes, body, namespace = 'shop', service = 'cart', severity = 9 }): Sql =>
      sql`(fromUnixTimestamp64Nano(${start + BigInt(Math.round(minutes * 6e10))}), ${service}, ${body}, ${severity}, map('k8s.namespace.name', ${namespace}))`,
  );
  await engine.clickhouse.run(
    sql`INSERT INTO ${store.table('logs')?.name ?? sql``} (Timestamp, ServiceName, Body, SeverityNumber, ResourceAttributes) VALUES ${join(rows, ', ')}`,
  );
}

const every = (
  count: number,
  from: number,
  to: number,
  log: (i: number) => Omit<StoredLog, 'at'>,
): StoredLog[] =>
  Array.from({ length: count }, (_, i) => ({ ...log(i), at: from + ((to - from) * (i + 0.5)) / count }));

describe('an hour against the one before', () => {
  beforeAll(async () => {
    const users = ['ann', 'ben', 'cat', 'dan', 'eve'];
    const login = (i: number) => ({ body: `user ${users[i % 5]} logged in after ${i} ms` });
    await insertLogs([
      ...every(120, 0, 60, login),
      ...every(120, 60, 120, login),
      ...every(60, 60, 120, (i) => ({
        body: `connection to 10.0.0.${i}:5432 refused`,
        severity: 17,
        service: i % 3 === 0 ? 'checkout' : 'cart',
      })),
      ...every(60, 0, 60, () => ({ body: 'cache warmed' })),
      ...every(40, 0, 60, (i) => ({ body: `retrying order ${i}`, severity: 13 })),
      ...every(160, 60, 120, (i) => ({ body: `retrying order ${i}`, severity: 13 })),
      ...every(2, 60, 120, () => ({ body: 'rare and new' })),
      // One event of many lines.
      ...every(50, 90, 90.01, (i) => ({ body: `dump of thread ${i}` })),
      ...every(30, 60, 120, () => ({ body: 'unseal the vault', namespace: 'secret', service: 'vault' })),
    ]);
  });
  const hour = { fromTime: at(60), toTime: at(120) };

  test('tells what is new, gone and more, and what is chance', async () => {
    const found = await queries.logPatterns({ ...hour, baselineFrom: at(0) }, call({ namespaces: ['shop'] }));
    expect(found).toMatchObject({
      rows: 392,
      baselineRows: 220,
      rowsLeftOut: 0,
      patternsTotal: 6,
      changesTotal: 3,
    });
    expect(
      Object.fromEntries(
        found.patterns.map(({ template, window, baseline, change }) => [
          template,
          [window.rows, baseline.rows, change?.change, change?.significant],
        ]),
      ),
    ).toEqual({
      'connection to <*> refused': [60, 0, 'new', true],
      'cache warmed': [0, 60, 'gone', true],
      'retrying order <*>': [160, 40, 'more', true],
      'user <*> logged in after <*> ms': [120, 120, 'same', false],
      'rare and new': [2, 0, 'new', false],
      'dump of thread <*>': [50, 0, 'new', false],
    });
    expect(found.patterns.slice(0, 3).every(({ change }) => change?.significant)).toBe(true);
  });

  test('counts levels and workloads, and knows the first and the last', async () => {
    const found = await queries.logPatterns({ ...hour, filters: 'body LIKE "connection%"' }, call());
    expect(found.patterns).toMatchObject([
      {
        template: 'connection to <*> refused',
        example: 'connection to 10.0.0.0:5432 refused',
        levels: [['ERROR', 60]],
        workloads: [
          ['cart', 40],
          ['checkout', 20],
        ],
        window: {
          rows: 60,
          first: start + 60n * minute + minute / 2n,
          last: start + 120n * minute - minute / 2n,
        },
        change: undefined,
      },
    ]);
  });

  test('with itself has no change', async () => {
    const found = await queries.logPatterns({ ...hour, baselineFrom: at(60), baselineTo: at(120) }, call());
    expect(found.rows).toBe(422);
    expect(found.baselineRows).toBe(422);
    expect(found.patterns.map(({ change }) => change?.change)).toEqual(found.patterns.map(() => 'same'));
  });

  test('corrects rates for the lengths of the windows', async () => {
    const request = { ...hour, filters: 'body LIKE "user%"', baselineFrom: at(0), baselineTo: at(30) };
    const [pattern] = (await queries.logPatterns(request, call())).patterns;
    expect(pattern?.change).toMatchObject({ change: 'same', factor: 1, significant: false });
  });

  test('says that an empty baseline makes all new', async () => {
    const found = await queries.logPatterns({ ...hour, baselineFrom: at(-120), baselineTo: at(-60) }, call());
    expect(found.notes.some((note) => String(note).includes('baseline holds no logs'))).toBe(true);
  });

  test('refuses a baseline that is empty or no time', async () => {
    await expect(queries.logPatterns({ ...hour, baselineFrom: at(90) }, call())).rejects.toThrow(
      /baseline_from .* must be before baseline_to/,
    );
    await expect(queries.logPatterns({ ...hour, baselineTo: 'noon' }, call())).rejects.toThrow(
      /^baseline_to: /,
    );
  });

  test('outside the limits of a key was never logged', async () => {
    const found = await queries.logPatterns(
      { ...hour, baselineFrom: at(0) },
      call({ namespaces: ['secret'] }),
    );
    expect(found.patterns.map(({ template }) => template)).toEqual(['unseal the vault']);
    expect(found).toMatchObject({ rows: 30, baselineRows: 0 });
    const none = await queries.logPatterns(hour, call({ namespaces: [] }));
    expect(none).toMatchObject({ rows: 0, patterns: [], patternsTotal: 0 });
  });
});

/** Each word of a body fits the template's: equal, or the template has a wildcard there. */
function fits(template: string, body: string): boolean {
  const classed = body.replace(new RegExp(statusPattern, 'g'), statusClass.replaceAll('\\', '$'));
  const masked = readShape(classed.replace(new RegExp(valuePattern, 'g'), wildcard));
  const pattern = readShape(template.replace(/\b[1-5]xx\b/g, '<_$&>'));
  return (
    masked.separators.join('\0') === pattern.separators.join('\0') &&
    masked.words.every((word, i) => word === pattern.words[i] || pattern.words[i] === wildcard)
  );
}

test('patterns partition the rows, and each body fits the pattern of its own', async () => {
  const word = fc.constantFrom(
    'user',
    'alice',
    'bob',
    'failed',
    '17',
    '10.0.0.1',
    'id=9',
    '[x]',
    'ärger',
    '日本',
    'status=503',
    'HTTP/1.1" 200',
    "o'no",
  );
  const body = fc.array(word, { minLength: 1, maxLength: 5 }).map((words) => words.join(' '));
  let from = 2000;
  await fc.assert(
    fc.asyncProperty(fc.array(body, { minLength: 1, maxLength: 60 }), async (bodies) => {
      from += 10;
      await insertLogs(bodies.map((text) => ({ at: from, body: text })));
      const request = { fromTime: at(from), toTime: at(from + 1), limit: 200 };
      const found = await queries.logPatterns(request, call());
      expect(found.rows).toBe(bodies.length);
      expect(found.patterns.reduce((sum, { window }) => sum + window.rows, 0)).toBe(bodies.length);
      for (const text of bodies)
        expect(found.patterns.some(({ template }) => fits(template, text))).toBe(true);
      expect((await queries.logPatterns(request, call())).patterns).toEqual(found.patterns);
    }),
    { numRuns: 25 },
  );
});

/**
 * Whether a body may be of a pattern, by the documentation alone: what is considered of it, with anything for `<*>`, a
 * status for its class, and a mark at the end where there is more.
 */
function mayBe(template: string, body: string): boolean {
  const text = body.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '');
  const [first = ''] = text.split('\n', 1);
  const line = first.replace(/\r+$/, '');
  const considered = [...(Buffer.byteLength(line) < 8 ? text : line)];
  const head = considered.slice(0, 300).join('');
  const kept =
    considered.length <= 300
      ? head
      : [/^[\s\S]*[\s"'<>/?#\u0080-\uffff]/, /^[\s\S]*:/, /^[\s\S]*[,;|&=]/]
          .map((up) => up.exec(head)?.[0])
          .find(Boolean);
  const isWhole = kept === text;
  if (template.endsWith('…') === isWhole) return false;
  const parts = (isWhole ? template : template.slice(0, -1))
    .split('<*>')
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/\b([1-5])xx\b/g, '$1\\d\\d'));
  return new RegExp(`^${parts.join('[\\s\\S]*')}$`).test(kept ?? '');
}

test('patterns hold the rows that fit them, of both windows, in whatever order they came', async () => {
  const value = fc.constantFrom('7', '10.0.0.1', 'abc', 'def', 'ghi', 'jkl', 'mno', 'pqr', 'ö', '');
  const kinds: readonly ((a: string, b: string) => string)[] = [
    (a, b) => `user ${a} sent ${b} to host`,
    (a, b) => `{"user":"${a}","items":["sku-1","sku-${b}"]}`,
    (a, b) => `failed: ${a} again\n\tat com.example.A(A.java:${b})`,
    (a, b) => `{\n  "id": "${a}", "of": "${b}"\n}`,
    (a) => `[Wed Nov 23 13:10:49 2026] [error] ${a}`,
    (a, b) => `  ${a} ${b}`,
    (a, b) => `${'word '.repeat(58)}${a} ${b}`,
    (a, b) => `${'word '.repeat(57)}${a} ${b} ${'{"next":1}'.repeat(3)}`,
    (a, b) => `${a} - - "GET /x HTTP/1.1" ${b === 'abc' ? 200 : b === 'def' ? 500 : 404} 12 "${a}"`,
    (a, b) => `{"path":"/${a}","status":${a === '7' ? 201 : 503},"took":"${b}"}`,
    (a, b) =>
      ['<*>', `a <*> ${b}`, '日本 <* >', "it's \\", '\u001b[32mok\u001b[0m', '(((', '\n\n'][a.length * 2] ??
      b,
  ];
  // Many of few kinds, so that values meet in one pattern.
  const logsOf = fc.uniqueArray(fc.constantFrom(...kinds), { minLength: 1, maxLength: 3 }).chain((some) =>
    fc.array(
      fc.record({
        body: fc.tuple(fc.constantFrom(...some), value, value).map(([kind, a, b]) => kind(a, b)),
        isBefore: fc.boolean(),
        severity: fc.constantFrom(9, 17),
        service: fc.constantFrom('a', 'b'),
      }),
      { minLength: 20, maxLength: 60 },
    ),
  );
  let from = 9000;
  await fc.assert(
    fc.asyncProperty(logsOf, async (logs) => {
      from += 20;
      const stored = (begin: number) =>
        logs.map(({ isBefore, ...one }, i) => ({ ...one, at: begin + (isBefore ? 0 : 1) + i / 1000 }));
      await insertLogs(stored(from));
      await insertLogs(stored(from + 10).reverse());
      const find = (begin: number) =>
        queries.logPatterns(
          { fromTime: at(begin + 1), toTime: at(begin + 2), baselineFrom: at(begin), limit: 200 },
          call(),
        );
      const found = await find(from);
      const sides = [
        ['window', logs.filter(({ isBefore }) => !isBefore)],
        ['baseline', logs.filter(({ isBefore }) => isBefore)],
      ] as const;
      for (const [side, of] of sides) {
        expect(found.patterns.reduce((sum, pattern) => sum + pattern[side].rows, 0)).toBe(of.length);
        const fitting = of.map(({ body: text }) =>
          found.patterns.filter(({ template }) => mayBe(template, text)),
        );
        for (const pattern of found.patterns) {
          const may = fitting.filter((patterns) => patterns.includes(pattern));
          const must = may.filter((patterns) => patterns.length === 1);
          expect(pattern[side].rows, pattern.template).toBeLessThanOrEqual(may.length);
          expect(pattern[side].rows, pattern.template).toBeGreaterThanOrEqual(must.length);
        }
      }
      for (const { example, template, window, baseline, levels, workloads } of found.patterns) {
        expect(mayBe(template, example), template).toBe(true);
        const rows = window.rows || baseline.rows;
        for (const counts of [levels, workloads]) {
          expect(counts.reduce((sum, [, count]) => sum + count, 0)).toBe(rows);
        }
      }
      const other = await find(from + 10);
      const counts = ({ patterns }: typeof found) =>
        patterns.map(({ template, window, baseline }) => [template, window.rows, baseline.rows]).sort();
      expect(counts(other)).toEqual(counts(found));
    }),
    { numRuns: 12 },
  );
});
