import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTools } from '../../src/mcp/tools/tools.ts';
import { type ComparisonLimits, standardLimits } from '../../src/query/comparison-limits.ts';
import type { CompareWindowsResult, DatedChange } from '../../src/query/comparison-results.ts';
import { createQueries } from '../../src/query/create-queries.ts';
import { Cursors } from '../../src/query/cursor.ts';
import type { Queries } from '../../src/query/queries.ts';
import { sql } from '../../src/store/sql/sql.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import { call } from '../query/fixture.ts';
import { toolCaller } from '../support/call-tools.ts';
import { encodeMetrics, metricSeries } from '../support/metrics.ts';
import { startTestEngine, type TestEngine } from '../support/store.ts';

/** 2026-01-02T03:00:00Z, ns. */
const start = 1_767_322_800_000_000_000n;
const minute = 60_000_000_000n;
const at = (minutes: number): string => String(start + BigInt(minutes) * minute);
/** Ten minutes, and the calm ones that they are to be compared with: those right before are worse. */
const incident = { fromTime: at(20), toTime: at(30) };
const calm = { baselineFrom: at(0), baselineTo: at(10) };

let engine: TestEngine;
let store: Store;

/**
 * Half an hour with a request each 200 ms: `web` calls `cart`, which writes a line, and `search`; each 100 ms a worker that has no
 * traces writes one. From minute 10 to 15 three of ten requests of `cart` fail, and from minute 25 on two of ten, those
 * of version 2; from minute 20 on calls of `search` arrive 30 ms later, one request of five is `GET /sale` instead of one of
 * ten, and the worker writes its rare line five times as often.
 */
async function load(): Promise<void> {
  const [traces, logs] = [store.table('traces')?.name, store.table('logs')?.name];
  if (traces === undefined || logs === undefined) throw new Error('the store has no tables');
  const draw = (salt: number) => sql`cityHash64(number, ${salt}) % 10`;
  const request = sql`SELECT number AS i, lower(leftPad(hex(cityHash64(number, 7)), 32, '0')) AS trace, toUInt64(${start}) + number * 200000000 AS t, number >= 6000 AS isLate, ((number >= 3000 AND number < 4500 AND ${draw(1)} < 3) OR (number >= 7500 AND ${draw(1)} < 2)) AS isFailed, if(${draw(2)} < if(isLate, 2, 1), 'GET /sale', 'GET /cart') AS name, 20 + ${draw(3)} AS ms, if(isLate, 32, 2) AS gap FROM numbers(9000)`;
  const spans = [
    sql`'a', '', name, 'Server', 'web', ms + gap + 20, 0, '1'`,
    sql`'b', 'a', 'GET', 'Client', 'web', ms + 2, 0, '1'`,
    sql`'c', 'b', 'GET /items', 'Server', 'cart', ms, isFailed, if(isFailed, '2', '1')`,
    sql`'d', 'a', 'GET', 'Client', 'web', 5 + gap, 0, '1'`,
    sql`'e', 'd', 'GET /found', 'Server', 'search', 5, 0, '1'`,
  ];
  for (const [depth, span] of spans.entries()) {
    await engine.clickhouse.run(
      sql`INSERT INTO ${traces} (Timestamp, TraceId, SpanId, ParentSpanId, SpanName, SpanKind, ServiceName, Duration, StatusCode, ResourceAttributes, SpanAttributes) SELECT fromUnixTimestamp64Nano(toInt64(t + ${depth} * 1000000)), trace, concat(toString(i), s.1), if(s.2 = '', '', concat(toString(i), s.2)), s.3, s.4, s.5, toUInt64(s.6) * 1000000, if(s.7 = 1, 'Error', 'Unset'), map('k8s.namespace.name', 'shop'), map('service.version', s.8) FROM (SELECT *, tuple(${span}) AS s FROM (${request}))`,
    );
  }
  await engine.clickhouse.run(
    sql`INSERT INTO ${logs} (Timestamp, TraceId, SpanId, ServiceName, Body, SeverityNumber, ResourceAttributes) SELECT fromUnixTimestamp64Nano(toInt64(t + 5000000)), trace, concat(toString(i), 'c'), 'cart', if(isFailed, 'can not read items: key is missing', 'read items'), if(isFailed, 17, 9), map('k8s.namespace.name', 'shop') FROM (${request})`,
  );
  await engine.clickhouse.run(
    sql`INSERT INTO ${logs} (Timestamp, TraceId, SpanId, ServiceName, Body, SeverityNumber, ResourceAttributes) SELECT fromUnixTimestamp64Nano(toInt64(${start} + number * 100000000)), '', '', 'worker', if(${draw(4)} < if(number >= 12000, 5, 1), 'the queue is behind', 'took a job'), 9, map('k8s.namespace.name', 'shop') FROM numbers(18000)`,
  );
}

beforeAll(async () => {
  engine = await startTestEngine();
  store = await openStore({ clickhouse: engine.clickhouse, database: 'default', retention: 1e9 });
  await load();
}, 60_000);
afterAll(() => engine.close());

const queriesWith = (limits: Partial<ComparisonLimits> = {}): Queries =>
  createQueries({
    store,
    metrics: store.metrics,
    now: () => start + 60n * minute,
    cursors: new Cursors(Buffer.alloc(32)),
    comparisonLimits: { ...standardLimits, ...limits },
  });

/** 30,000 spans and 18,000 logs in both windows: one trace in eight. */
const sampled = { spans: 3750, logs: 1_000_000 };

function changeOf(
  found: CompareWindowsResult,
  kind: DatedChange['kind'],
  workload: string,
  subject?: string,
) {
  const change = found.changes.find(
    (each) =>
      each.kind === kind && each.workload === workload && (subject === undefined || each.subject === subject),
  );
  if (change === undefined) throw new Error(`there is no change ${kind} of ${workload}`);
  return change;
}

/** Five standard deviations of a count, of which one in eight is taken. */
function expectSampled(count: number, all: number): void {
  expect(Math.abs(count - all / 8)).toBeLessThan(5 * Math.sqrt((all * 7) / 64));
}

/** What was counted of one in eight stands for what all would give, within five standard deviations. */
function expectScaled(value: number, all: number, counted: number): void {
  expect(Math.abs(value / all - 1)).toBeLessThan((5 * Math.sqrt(7 / 8)) / Math.sqrt(counted));
}

describe('windows of more records than are looked at', () => {
  let all: CompareWindowsResult;
  let part: CompareWindowsResult;
  beforeAll(async () => {
    all = await queriesWith().compareWindows({ ...incident, ...calm }, call());
    part = await queriesWith(sampled).compareWindows({ ...incident, ...calm }, call());
  });

  test('are counted as a whole, and looked at in part', () => {
    expect(all).toMatchObject({ oneIn: 1, spans: [15_000, 15_000], logs: [9000, 9000] });
    expect(part).toMatchObject({ oneIn: 8, spans: [15_000, 15_000], logs: [9000, 9000] });
    expect(part.stretch).toBe(all.stretch);
  });

  test.each([
    [{ spans: 30_000, logs: 18_000 }, 1],
    [{ spans: 29_999, logs: 18_000 }, 2],
    [{ spans: 30_000, logs: 8999 }, 4],
    [{ spans: 3749, logs: 18_000 }, 16],
  ])('no more than has to be: %j', async (limits, oneIn) => {
    expect(await queriesWith(limits).compareWindows({ ...incident, ...calm }, call())).toMatchObject({
      oneIn,
    });
  });

  test('the same question has the same answer', async () => {
    expect(await queriesWith(sampled).compareWindows({ ...incident, ...calm }, call())).toEqual(part);
  });

  test('show the planted changes, as all records do', () => {
    for (const found of [all, part]) {
      expect(found.causes).toContainEqual(expect.objectContaining({ kind: 'errors', workload: 'cart' }));
      const failed = changeOf(found, 'errors', 'cart', 'GET /items');
      expect(failed).toMatchObject({ before: 0, onset: BigInt(at(25)) });
      expect(changeOf(found, 'gap', 'web')).toMatchObject({ peer: 'search', onset: BigInt(at(20)) });
      expect(changeOf(found, 'rate', 'web', 'GET /sale').onset).toBe(BigInt(at(20)));
      expect(changeOf(found, 'lines', 'worker', 'the queue is behind').onset).toBe(BigInt(at(20)));
    }
    expect(part.changes.map(({ kind }) => kind)).not.toContain('new-workload');
  });

  test('keep their shares and times', () => {
    const [of, few] = [changeOf(all, 'errors', 'cart'), changeOf(part, 'errors', 'cart')];
    expect(of.samples).toEqual([3000, 3000]);
    for (const [side, count] of of.samples.entries()) expectSampled(few.samples[side] ?? 0, count);
    expectScaled(few.after, of.after, few.after * few.samples[1]);
    const [gap, fewGaps] = [changeOf(all, 'gap', 'web'), changeOf(part, 'gap', 'web')];
    // 2 ms and 32 ms, which buckets know within 1 %.
    for (const { before, after } of [gap, fewGaps]) {
      expect(before / 2e6).toBeCloseTo(1, 1);
      expect(after / 32e6).toBeCloseTo(1, 1);
    }
  });

  test('have their rates scaled to those of all', () => {
    for (const [kind, workload, subject] of [
      ['rate', 'web', 'GET /sale'],
      ['lines', 'worker', 'the queue is behind'],
    ] as const) {
      const [of, few] = [changeOf(all, kind, workload, subject), changeOf(part, kind, workload, subject)];
      expect(of.unit).toBe('per-minute');
      expect(of.before * 10).toBeCloseTo(of.samples[0], 6);
      expect(of.after * 10).toBeCloseTo(of.samples[1], 6);
      expectScaled(few.before, of.before, few.samples[0]);
      expectScaled(few.after, of.after, few.samples[1]);
    }
  });

  test('are read by whole traces, the same of spans and logs', () => {
    const failed = changeOf(part, 'errors', 'cart');
    // Each request is one call, and each failure one line: were spans or lines chosen by themselves, some would be missing.
    expect(changeOf(part, 'gap', 'web').samples).toEqual(failed.samples);
    expect(changeOf(part, 'error-pattern', 'cart')).toMatchObject({
      before: failed.before,
      after: failed.after,
      samples: failed.samples,
    });
    expect(part.changes.filter(({ kind }) => kind === 'call-time')).toEqual([]);
    const [attribute] = part.attributes;
    expect(attribute).toMatchObject({
      workload: 'cart',
      attribute: 'service.version',
      value: '2',
      having: { hits: failed.after * failed.samples[1], all: failed.after * failed.samples[1] },
      others: { hits: 0, all: failed.samples[1] - failed.after * failed.samples[1] },
    });
  });

  test('say so, to models and to programs', async () => {
    const args = { from_time: at(20), to_time: at(30), baseline_from: at(0), baseline_to: at(10) };
    const ask = (limits: Partial<ComparisonLimits>, format: string) =>
      toolCaller(createTools(queriesWith(limits)))('compare-windows', { ...args, format });
    const line =
      'of the traces, and of logs without one, 1 in 8 was looked at, chosen by id: rare changes may be missed';
    expect((await ask(sampled, 'compact')).text.split('\n')).toContain(line);
    expect((await ask({}, 'compact')).text).not.toContain('was looked at');
    expect(JSON.parse((await ask(sampled, 'json')).text)).toMatchObject({ one_trace_in: 8 });
  });
});

describe('the choice of a baseline among times of many records', () => {
  const chosenWith = async (recordsToChooseBy: number) =>
    (await queriesWith({ recordsToChooseBy }).compareWindows(incident, call())).baseline;

  test('is the same by a part of the records, and what is worse is told about as exactly', async () => {
    const exact = await chosenWith(standardLimits.recordsToChooseBy);
    expect(exact).toMatchObject({ from: BigInt(at(0)), to: BigInt(at(10)), chosen: { candidates: 2 } });
    // A window holds 24,000 records: 32 times 750.
    const part = await chosenWith(750);
    expect(part).toMatchObject({ from: exact?.from, to: exact?.to, chosen: { candidates: 2 } });
    const cart = expect.stringMatching(/(^|\/)cart$/);
    const [[passed], [also]] = [exact?.chosen?.passedOver ?? [], part?.chosen?.passedOver ?? []];
    expect(passed).toMatchObject({ from: BigInt(at(10)), to: BigInt(at(20)), workload: cart });
    expect(also).toMatchObject({ from: BigInt(at(10)), to: BigInt(at(20)), workload: cart });
    expect(passed?.value).toBeCloseTo(0.15, 1);
    expect(also?.value).not.toBe(passed?.value);
    // Some 94 requests or lines of 3,000, of which 15 % fail.
    expect(Math.abs((also?.value ?? 0) - (passed?.value ?? 0))).toBeLessThan(
      5 * Math.sqrt((0.15 * 0.85) / 94),
    );
    expect(await chosenWith(750)).toEqual(part);
  });
});

test('series of more metrics than are read are left out by whole metrics, and a note counts these', async () => {
  const samples = [1, 2, 3, 21, 22, 23].map((minutes) => ({
    timestamp: Number((start + BigInt(minutes) * minute) / 1_000_000n),
    value: 1,
  }));
  const series = ['pod_cpu', 'pod_memory', 'z_level'].flatMap((name) =>
    ['a-0', 'a-1', 'a-2'].map((pod) => metricSeries({ __name__: name, namespace: 'shop', pod }, samples)),
  );
  await store.insertMetrics(encodeMetrics(series), { digest: 'pods' });
  const compared = (limit: number) =>
    queriesWith({ series: limit }).compareWindows({ ...incident, ...calm }, call());
  const { notes, ...all } = await compared(9);
  expect({ series: all.series, notes }).toEqual({ series: 9, notes: [] });
  const few = await compared(7);
  expect(few.series).toBe(6);
  expect(few.notes).toEqual([
    expect.stringMatching(/^1 metric is not compared, as there are more than 7 series of pods/),
  ]);
});
