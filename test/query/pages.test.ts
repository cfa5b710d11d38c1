import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Queries } from '../../src/query/queries.ts';
import type { SearchOrder, SearchRequest } from '../../src/query/requests.ts';
import type { SearchResult } from '../../src/query/results.ts';
import { identifier, join, type Sql, sql } from '../../src/store/sql/sql.ts';
import type { Store } from '../../src/store/store.ts';
import type { Signal } from '../../src/telemetry/fields.ts';
import { startTestEngine, type TestEngine } from '../support/store.ts';
import { call, openQueries } from './fixture.ts';

/** A record of the model: its time and duration in steps, and what tells it apart; two may be alike. */
interface TestRow {
  readonly step: number;
  readonly duration: number;
  readonly text: string;
}

const start = 1_767_323_045_000_000_000n;
/** Steps cross a five-minute slot and a day, and are one nanosecond apart, too. */
const steps = [0n, 1n, 2n, 1_000n, 299_000_000_000n, 300_000_000_000n, 86_400_000_000_000n];
const timeOf = ({ step }: TestRow): bigint => start + (steps[step] ?? 0n);
const window = { fromTime: String(start), toTime: String(start + 2n * 86_400_000_000_000n) };

let engine: TestEngine;
let store: Store;
let queries: Queries;
let clock = start + 4n * 86_400_000_000_000n;

beforeAll(async () => {
  engine = await startTestEngine();
  ({ store, queries } = await openQueries(engine, { now: () => clock }));
});
afterAll(() => engine.close());

/** Stores rows of one run, which the service's name tells from those of other runs. */
async function insert(signal: Signal, run: string, rows: readonly TestRow[]): Promise<void> {
  if (rows.length === 0) return;
  const logs = signal === 'logs';
  const columns = ['Timestamp', 'ServiceName', logs ? 'Body' : 'SpanName', ...(logs ? [] : ['Duration'])];
  const values = rows.map(
    (row): Sql =>
      sql`(fromUnixTimestamp64Nano(${timeOf(row)}), ${run}, ${row.text}${logs ? sql`` : sql`, ${row.duration}`})`,
  );
  await engine.clickhouse.run(
    sql`INSERT INTO ${store.table(signal)?.name ?? sql``} (${join(columns.map(identifier), ', ')}) VALUES ${join(values, ', ')}`,
  );
}

interface Asked {
  readonly signal: Signal;
  readonly order: SearchOrder;
  readonly run: string;
}

function request({ signal, order, run }: Asked): SearchRequest {
  const fields = [
    { field: signal === 'logs' ? 'body' : 'operation_name' },
    { field: signal === 'logs' ? 'level' : 'duration' },
  ];
  return { signal, order, ...window, filters: `service = "${run}"`, fields };
}

/** The rows of an answer, in the words of the model. */
function rowsOf(result: SearchResult): { time: bigint; duration: number; text: string }[] {
  const at = (name: string) => result.columns.findIndex((column) => column.name === name);
  const [time, duration] = [at('timestamp'), at('duration')];
  const text = at(result.signal === 'logs' ? 'body' : 'operation_name');
  return result.rows.map((row) => ({
    time: BigInt(row[time] ?? 0),
    duration: Number(row[duration] ?? 0),
    text: String(row[text]),
  }));
}

const nameOf = (row: { time: bigint; duration: number; text: string }) =>
  `${row.time} ${row.duration} ${row.text}`;
const modelName = (signal: Signal) => (row: TestRow) =>
  nameOf({ time: timeOf(row), duration: signal === 'logs' ? 0 : row.duration, text: row.text });

const testRow = fc.record({
  step: fc.nat(steps.length - 1),
  duration: fc.constantFrom(5, 6, 2 ** 40),
  text: fc.constantFrom('a', 'b', 'c'),
});

let runs = 0;

describe('page after page', () => {
  test('every record comes once, those that are alike too, whatever arrives in between', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom<[Signal, SearchOrder]>(
          ['logs', 'newest'],
          ['logs', 'oldest'],
          ['traces', 'newest'],
          ['traces', 'oldest'],
          ['traces', 'slowest'],
        ),
        fc.array(testRow, { maxLength: 40 }),
        fc.array(fc.integer({ min: 1, max: 10 }), { minLength: 1, maxLength: 5 }),
        fc.array(fc.array(testRow, { maxLength: 4 }), { maxLength: 3 }),
        async ([signal, order], rows, limits, arrivals) => {
          const asked = { signal, order, run: `run-${runs++}` };
          await insert(signal, asked.run, rows);
          const seen: ReturnType<typeof rowsOf> = [];
          let cursor: string | undefined;
          for (let page = 0; ; page++) {
            expect(page).toBeLessThanOrEqual(rows.length + arrivals.flat().length);
            const limit = limits[page % limits.length];
            const result = await queries.search({ ...request(asked), limit, cursor }, call());
            expect(result.before).toBe(seen.length);
            seen.push(...rowsOf(result));
            const next = result.cursors.at(-1) ?? undefined;
            if (next === undefined) break;
            expect(result.rows).toHaveLength(limit ?? 0);
            cursor = next;
            await insert(signal, asked.run, arrivals[page] ?? []);
          }
          const sign = order === 'oldest' ? 1 : -1;
          const sorted = [...seen].sort(
            (a, b) => (order === 'slowest' ? b.duration - a.duration : 0) || sign * Number(a.time - b.time),
          );
          expect(seen.map(({ time }) => time)).toEqual(sorted.map(({ time }) => time));
          const left = seen.map(nameOf);
          for (const name of rows.map(modelName(signal))) {
            const at = left.indexOf(name);
            expect(at, `${name} is missing`).toBeGreaterThanOrEqual(0);
            left.splice(at, 1);
          }
          // What is left has arrived in between, and comes at most once.
          const arrived = arrivals.flat().map(modelName(signal));
          for (const name of left) {
            const at = arrived.indexOf(name);
            expect(at, `${name} came too often`).toBeGreaterThanOrEqual(0);
            arrived.splice(at, 1);
          }
        },
      ),
      { seed: 4, numRuns: 60 },
    );
  });

  test('from any row of a page on, as an answer may show fewer than it read', async () => {
    const run = `run-${runs++}`;
    const rows = Array.from({ length: 9 }, (_, i) => ({ step: i % 2, duration: 5, text: `${i % 3}` }));
    await insert('logs', run, rows);
    const asked = request({ signal: 'logs', order: 'newest', run });
    const whole = await queries.search(asked, call());
    expect(whole.cursors.at(-1)).toBeNull();
    for (const [i, cursor] of whole.cursors.slice(0, -1).entries()) {
      const rest = await queries.search({ ...asked, cursor: cursor ?? '' }, call());
      expect(rowsOf(rest)).toEqual(rowsOf(whole).slice(i + 1));
    }
  });

  test('the window stays what it was, and the clock that the answer states goes on', async () => {
    const run = `run-${runs++}`;
    await insert(
      'logs',
      run,
      [0, 1, 2].map((step) => ({ step, duration: 0, text: 'x' })),
    );
    const asked = { ...request({ signal: 'logs', order: 'oldest', run }), fromTime: 'now-5d', toTime: 'now' };
    const first = await queries.search({ ...asked, limit: 1 }, call());
    const before = clock;
    clock += 3_600_000_000_000n;
    const second = await queries.search({ ...asked, limit: 1, cursor: first.cursors[0] ?? '' }, call());
    expect(second.window).toEqual({ from: before - 5n * 86_400_000_000_000n, to: before });
    expect(second.now).toBe(clock);
    const shown = await queries.search(
      {
        ...asked,
        fromTime: String(second.window.from),
        toTime: String(second.window.to),
        cursor: second.cursors[0] ?? '',
      },
      call(),
    );
    expect([first, second, shown].flatMap((page) => rowsOf(page).map(({ time }) => time - start))).toEqual([
      0n,
      1n,
      2n,
    ]);
  });

  test('with other parameters, or of another key, it is an error', async () => {
    const run = `run-${runs++}`;
    await insert(
      'logs',
      run,
      [0, 1].map((step) => ({ step, duration: 0, text: 'x' })),
    );
    const asked = request({ signal: 'logs', order: 'newest', run });
    const { cursors } = await queries.search({ ...asked, limit: 1 }, call());
    const cursor = cursors[0] ?? '';
    const spaced = { ...asked, cursor, filters: `  app_service  =  '${run}'` };
    expect((await queries.search(spaced, call())).rows).toHaveLength(1);
    await expect(queries.search({ ...asked, cursor, filters: 'level = INFO' }, call())).rejects.toThrow(
      'cursor: it was made for other filters;',
    );
    await expect(queries.search({ ...asked, cursor, fields: undefined }, call())).rejects.toThrow(
      'cursor: it was made for other fields;',
    );
    await expect(queries.search({ ...asked, cursor, fromTime: 'now-30d' }, call())).rejects.toThrow(
      'cursor: it was made for other times (from_time, to_time);',
    );
    await expect(queries.search({ ...asked, cursor, order: 'oldest' }, call())).rejects.toThrow(
      'cursor: it was made for other order;',
    );
    await expect(queries.search({ ...asked, cursor }, call({}, 'key-2'))).rejects.toThrow(
      'no cursor of this server for this key',
    );
  });
});
