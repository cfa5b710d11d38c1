import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Queries } from '../../src/query/queries.ts';
import { join, type Sql, sql } from '../../src/store/sql/sql.ts';
import { startTestEngine, type TestEngine } from '../support/store.ts';
import { call, openQueries } from './fixture.ts';

/** 2026-01-02T03:00:00Z, ns. */
const start = 1_767_322_800_000_000_000n;
const second = 1_000_000_000n;
const at = (minutes: number): string => String(start + BigInt(Math.round(minutes * 60)) * second);

let engine: TestEngine;
/** With a namespace that limited keys do not see, and without it. */
let queries: Queries;
let withoutHidden: Queries;

interface StoredSpan {
  readonly trace: string;
  readonly id: string;
  readonly parent: string;
  readonly namespace: string;
  readonly service: string;
  readonly kind: 'Server' | 'Client';
  readonly name: string;
  /** ms from the start. */
  readonly at: number;
  readonly ms: number;
  readonly failed?: boolean;
  readonly attributes?: Readonly<Record<string, string>>;
}

/**
 * Requests of a shop: `web` calls `cart`, which asks `vault` in another namespace. From minute 60 to 80 a request
 * comes each 5 s; from 65 on the way to `vault` is long, from 70 on `cart` fails in version 2, which every third
 * request meets. Before that there is a gap
 * of 30 minutes; from minute 0 to 30 all is well.
 */
function shop(): { readonly spans: StoredSpan[]; readonly logs: Sql[] } {
  const spans: StoredSpan[] = [];
  const logs: Sql[] = [];
  for (let i = 0; i < 960; i++) {
    const ms = i * 5000;
    if (ms >= 30 * 60_000 && ms < 60 * 60_000) continue;
    const trace = String(i).padStart(32, '0');
    const isNew = ms >= 70 * 60_000 && i % 3 === 0;
    const attributes = { 'service.version': isNew ? '2' : '1' };
    const length = 40 + (i % 7);
    const common = { trace, namespace: 'shop' };
    spans.push(
      {
        ...common,
        id: `${i}1`,
        parent: '',
        service: 'web',
        kind: 'Server',
        name: 'GET /cart',
        at: ms,
        ms: length + 20,
      },
      {
        ...common,
        id: `${i}2`,
        parent: `${i}1`,
        service: 'web',
        kind: 'Client',
        name: 'GET',
        at: ms + 5,
        ms: length + 5,
      },
      {
        ...common,
        id: `${i}3`,
        parent: `${i}2`,
        service: 'cart',
        kind: 'Server',
        name: 'GET /items',
        at: ms + 7,
        ms: length,
        failed: isNew,
        attributes,
      },
      {
        ...common,
        id: `${i}4`,
        parent: `${i}3`,
        service: 'cart',
        kind: 'Client',
        name: 'open',
        at: ms + 9,
        ms: 20,
      },
      {
        trace,
        namespace: 'hidden',
        id: `${i}5`,
        parent: `${i}4`,
        service: 'vault',
        kind: 'Server',
        name: 'open',
        at: ms + 10,
        ms: ms >= 65 * 60_000 ? 2 : 15,
        failed: isNew,
      },
    );
    const body = isNew ? `can not read item ${i}: key is missing` : `read item ${i}`;
    logs.push(
      sql`(fromUnixTimestamp64Nano(${start + BigInt(ms + 10) * 1_000_000n}), ${trace}, ${`${i}3`}, 'cart', ${body}, ${isNew ? 17 : 9}, map('k8s.namespace.name', 'shop'))`,
    );
  }
  // What the hidden namespace does where the others rest.
  for (let i = 0; i < 400; i++) {
    const trace = `f${i}`.padStart(32, '0');
    spans.push({
      trace,
      id: `f${i}`,
      parent: '',
      namespace: 'hidden',
      service: 'vault',
      kind: 'Server',
      name: 'sweep',
      at: 1_900_000 + i * 4000,
      ms: 5,
      failed: i % 2 === 0,
    });
  }
  return { spans, logs };
}

async function load(database: string, sees: (namespace: string) => boolean): Promise<Queries> {
  const now = (): bigint => start + 86_400n * second;
  const { store, queries } = await openQueries(engine, { database, now, metrics: true });
  const { spans, logs } = shop();
  const rows = spans
    .filter(({ namespace }) => sees(namespace))
    .map(
      ({ trace, id, parent, namespace, service, kind, name, at, ms, failed = false, attributes = {} }): Sql =>
        sql`(fromUnixTimestamp64Nano(${start + BigInt(Math.round(at * 1e6))}), ${trace}, ${id}, ${parent}, ${name}, ${kind}, ${service}, ${ms * 1_000_000}, ${failed ? 'Error' : 'Unset'}, map('k8s.namespace.name', ${namespace}), map(${join(
          Object.entries({ kind, ...attributes })
            .flat()
            .map((text) => sql`${text}`),
          ', ',
        )}))`,
    );
  const traces = store.table('traces')?.name ?? sql``;
  await engine.clickhouse.run(
    sql`INSERT INTO ${traces} (Timestamp, TraceId, SpanId, ParentSpanId, SpanName, SpanKind, ServiceName, Duration, StatusCode, ResourceAttributes, SpanAttributes) VALUES ${join(rows, ', ')}`,
  );
  await engine.clickhouse.run(
    sql`INSERT INTO ${store.table('logs')?.name ?? sql``} (Timestamp, TraceId, SpanId, ServiceName, Body, SeverityNumber, ResourceAttributes) VALUES ${join(logs, ', ')}`,
  );
  return queries;
}

beforeAll(async () => {
  engine = await startTestEngine();
  queries = await load('default', () => true);
  withoutHidden = await load('other', (namespace) => namespace !== 'hidden');
});
afterAll(() => engine.close());

const incident = { fromTime: at(60), toTime: at(80) };
const limited = call({ namespaces: ['shop'] });

describe('an incident behind a gap', () => {
  test('is compared with the nearest time that holds data, and told with counts, shares and its onset', async () => {
    const found = await queries.compareWindows(incident, limited);
    // Twenty minutes of requests each 5 s: 240, of 4 visible spans and a line each; a third of the last 120 fail.
    expect(found).toMatchObject({
      baseline: { from: BigInt(at(10)), to: BigInt(at(30)), chosen: { candidates: 2, passedOver: [] } },
      spans: [960, 960],
      logs: [240, 240],
      oneIn: 1,
      stretch: 100n * second,
    });
    const failed = found.changes.find(({ kind }) => kind === 'errors');
    expect(failed).toMatchObject({
      workload: 'cart',
      subject: 'GET /items',
      before: 0,
      after: 40 / 240,
      samples: [240, 240],
      // The seventh of twelve stretches of 100 s begins where the failures do.
      onset: BigInt(at(70)),
    });
    const logged = found.changes.find(({ kind }) => kind === 'error-pattern');
    expect(logged).toMatchObject({ level: 'ERROR', operation: 'GET /items', before: 0, after: 40 / 240 });
    expect(logged?.subject).toBe('can not read item <*>: key is missing');
    expect(found.causes[0]).toMatchObject({ kind: 'errors', workload: 'cart', onset: BigInt(at(70)) });
    expect(found.attributes[0]).toMatchObject({
      workload: 'cart',
      outcome: 'failed',
      attribute: 'service.version',
      value: '2',
      having: { hits: 40, all: 40 },
      others: { hits: 0, all: 200 },
    });
  });

  test('tells a gap that grew to who sees both its ends', async () => {
    const found = await queries.compareWindows(
      { ...incident, baselineFrom: at(0), baselineTo: at(20) },
      call(),
    );
    const gap = found.changes.find(({ kind }) => kind === 'gap');
    expect(gap).toMatchObject({ workload: 'cart', peer: 'vault', onset: BigInt(at(65)) });
  });
});

test.each([
  { ...incident },
  { ...incident, baselineFrom: at(0) },
  { ...incident, workload: 'cart' },
  { ...incident, workload: 'vault' },
  { fromTime: at(30), toTime: at(60) },
  { fromTime: at(0), toTime: at(20) },
])('what a key may not see counts as never recorded: %j', async (request) => {
  expect(await queries.compareWindows(request, limited)).toEqual(
    await withoutHidden.compareWindows(request, call()),
  );
});

test('a window does not differ from itself, and no window from one like it', async () => {
  const same = { ...incident, baselineFrom: incident.fromTime, baselineTo: incident.toTime };
  expect(await queries.compareWindows(same, call())).toMatchObject({ changesTotal: 0, causes: [] });
  const calm = { fromTime: at(15), toTime: at(29), baselineFrom: at(1) };
  const alike = await queries.compareWindows(calm, call());
  expect(alike).toMatchObject({ changesTotal: 0, causes: [] });
  expect(JSON.stringify(alike.notes)).not.toContain('overlaps');
});

test('a baseline that overlaps the window is said to', async () => {
  const { notes } = await queries.compareWindows(
    { ...incident, baselineFrom: at(50), baselineTo: at(61) },
    call(),
  );
  expect(notes).toContain(
    'the baseline overlaps the window: what is in both hides changes; give a time outside of the window',
  );
});

test('the same question has the same answer', async () => {
  const first = await queries.compareWindows(incident, call());
  expect(await queries.compareWindows(incident, call())).toEqual(first);
});

test('what is asked around a workload holds all spans of its traces, and no others', async () => {
  const found = await queries.compareWindows({ ...incident, workload: 'web' }, call());
  // Twenty minutes with five spans a request, without the sweeps of the vault.
  expect(found.spans).toEqual([1200, 1200]);
});

test('a workload may be named with its namespace', async () => {
  const [bare, named, elsewhere] = await Promise.all(
    ['web', 'shop/web', 'bank/web'].map((workload) =>
      queries.compareWindows({ ...incident, workload }, call()),
    ),
  );
  expect(named).toEqual({ ...bare, around: 'shop/web' });
  expect(elsewhere?.spans).toEqual([0, 0]);
});

test('nothing earlier, and nothing at all', async () => {
  const first = await queries.compareWindows({ fromTime: at(0), toTime: at(20) }, limited);
  expect(first).toMatchObject({ baseline: undefined, changes: [], untold: [{ code: 'no-baseline' }] });
  const none = await queries.compareWindows({ ...incident, workload: 'crat' }, limited);
  expect(none).toMatchObject({ spans: [0, 0], logs: [0, 0], changes: [] });
  expect(JSON.stringify(none.notes)).toContain("'cart'");
});

test('ends with the call', async () => {
  const controller = new AbortController();
  const asked = queries.compareWindows(incident, { ...call(), signal: controller.signal });
  controller.abort();
  await expect(asked).rejects.toThrow();
});
