import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Queries } from '../../src/query/queries.ts';
import { join, type Sql, sql } from '../../src/store/sql/sql.ts';
import type { Store } from '../../src/store/store.ts';
import { startTestEngine, type TestEngine } from '../support/store.ts';
import { call, openQueries } from './fixture.ts';

const start = 1_767_323_045_000_000_000n;
const window = { fromTime: String(start), toTime: String(start + 60_000_000_000n) };

let engine: TestEngine;
let store: Store;
let queries: Queries;

beforeAll(async () => {
  engine = await startTestEngine();
  ({ store, queries } = await openQueries(engine, { now: () => start + 86_400_000_000_000n }));
});
afterAll(() => engine.close());

interface StoredSpan {
  readonly trace: string;
  readonly id: string;
  readonly parent: string;
  readonly namespace: string;
  readonly service: string;
  readonly kind: 'Server' | 'Client' | 'Internal' | 'Producer' | 'Consumer';
  readonly name?: string;
  /** ms from the start of the window. */
  readonly at: number;
  readonly ms: number;
  readonly failed?: boolean;
  readonly peer?: string;
}

async function insertSpans(spans: readonly StoredSpan[]): Promise<void> {
  if (spans.length === 0) return;
  const rows = spans.map(
    ({ trace, id, parent, namespace, service, kind, name = 'op', at, ms, failed = false, peer = '' }): Sql =>
      sql`(fromUnixTimestamp64Nano(${start + BigInt(Math.round(at * 1e6))}), ${trace}, ${id}, ${parent}, ${name}, ${kind}, ${service}, ${Math.round(ms * 1e6)}, ${failed ? 'Error' : 'Unset'}, map('k8s.namespace.name', ${namespace}), map('server.address', ${peer}))`,
  );
  await engine.clickhouse.run(
    sql`INSERT INTO ${store.table('traces')?.name ?? sql``} (Timestamp, TraceId, SpanId, ParentSpanId, SpanName, SpanKind, ServiceName, Duration, StatusCode, ResourceAttributes, SpanAttributes) VALUES ${join(rows, ', ')}`,
  );
}

async function insertLog(trace: string, span: string, namespace: string, body: string): Promise<void> {
  await engine.clickhouse.run(
    sql`INSERT INTO ${store.table('logs')?.name ?? sql``} (Timestamp, TraceId, SpanId, ServiceName, Body, SeverityNumber, ResourceAttributes) VALUES (fromUnixTimestamp64Nano(${start + 5_000_000n}), ${trace}, ${span}, 'checkout', ${body}, 17, map('k8s.namespace.name', ${namespace}))`,
  );
}

describe('a trace', () => {
  const trace = 'a'.repeat(32);
  const spans: readonly StoredSpan[] = [
    { trace, id: '01', parent: '', namespace: 'front', service: 'gateway', kind: 'Server', at: 0, ms: 100 },
    { trace, id: '02', parent: '01', namespace: 'front', service: 'gateway', kind: 'Client', at: 10, ms: 80 },
    { trace, id: '03', parent: '02', namespace: 'secret', service: 'vault', kind: 'Server', at: 20, ms: 50 },
    { trace, id: '04', parent: '03', namespace: 'front', service: 'audit', kind: 'Server', at: 30, ms: 5 },
  ];
  const other = 'b'.repeat(32);

  beforeAll(async () => {
    await insertSpans(spans);
    await insertSpans([
      {
        trace: other,
        id: '11',
        parent: '',
        namespace: 'front',
        service: 'gateway',
        kind: 'Server',
        at: 50,
        ms: 30,
      },
      {
        trace: 'c'.repeat(32),
        id: '21',
        parent: '',
        namespace: 'front',
        service: 'gateway',
        kind: 'Server',
        at: 60,
        ms: 20,
        failed: true,
      },
      {
        trace: 'd'.repeat(32),
        id: '31',
        parent: '',
        namespace: 'front',
        service: 'gateway',
        kind: 'Server',
        at: 40,
        ms: 1,
        failed: true,
      },
    ]);
    await insertLog(trace, '03', 'secret', 'opened the vault');
    await insertLog(trace, '02', 'front', 'calling');
  });

  test('is found by its id alone, with its logs', async () => {
    const found = await queries.getTrace({ traceId: trace.toUpperCase() }, call());
    expect(found.spans.map(({ spanId, self, critical, parent }) => [spanId, self, critical, parent])).toEqual(
      [
        ['01', 20e6, 20e6, -1],
        ['02', 30e6, 30e6, 0],
        ['03', 45e6, 45e6, 1],
        ['04', 5e6, 5e6, 2],
      ],
    );
    expect(found.spans[1]?.gap).toEqual({ total: 30e6, before: 10e6, after: 20e6 });
    expect(found.logs.map(({ span, body, level }) => [span, body, level])).toEqual([
      [1, 'calling', 'ERROR'],
      [2, 'opened the vault', 'ERROR'],
    ]);
  });

  test('outside the limits of a key was never recorded', async () => {
    const limits = { namespaces: ['front'] };
    const found = await queries.getTrace({ traceId: trace }, call(limits));
    expect(found.spans.map(({ spanId, self, detached }) => [spanId, self, detached])).toEqual([
      ['01', 20e6, undefined],
      ['02', 80e6, undefined],
      ['04', 5e6, 'missing parent'],
    ]);
    expect(found).toMatchObject({ spansTotal: 3, logsTotal: 1 });
    expect(found.spans[1]?.gap).toBeUndefined();
    const hidden = await queries.getTrace({ traceId: trace }, call({ namespaces: ['elsewhere'] }));
    const unknown = await queries.getTrace({ traceId: 'f'.repeat(32) }, call());
    expect(hidden).toMatchObject({ spans: [], logs: [], logsTotal: 0, spansTotal: 0 });
    expect(hidden.notes.map((note) => String(note).replace(trace, ''))).toEqual(
      unknown.notes.map((note) => String(note).replace('f'.repeat(32), '')),
    );
  });

  test.each([
    ['slowest', undefined, trace, 4],
    ['typical', undefined, other, 4],
    ['first_failed', undefined, 'd'.repeat(32), 2],
    ['slowest', 'status = error', 'c'.repeat(32), 2],
    ['typical', 'service = audit', trace, 1],
  ] as const)('%s of %s', async (pick, filters, expected, candidates) => {
    const found = await queries.getTrace({ ...window, pick, filters }, call({ namespaces: ['front'] }));
    expect([found.traceId, found.picked?.candidates]).toEqual([expected, candidates]);
  });

  test('the part below a span', async () => {
    expect((await queries.getTrace({ traceId: trace, spanId: '03' }, call())).top).toBe(2);
    await expect(queries.getTrace({ traceId: trace, spanId: '99' }, call())).rejects.toThrow(
      'span_id: the trace has no span 99',
    );
    await expect(queries.getTrace({ traceId: 'checkout is slow' }, call())).rejects.toThrow(
      'trace_id: takes 32 hexadecimal digits',
    );
  });

  test('is found by the id of a span alone', async () => {
    const found = await queries.getTrace({ ...window, spanId: '03' }, call());
    expect([found.traceId, found.top]).toEqual([trace, 2]);
    const later = { fromTime: window.toTime, toTime: String(start + 99_000_000_000n) };
    const { notes } = await queries.getTrace({ ...later, spanId: '03' }, call());
    expect(notes[0]).toBe('the window holds no span 03: choose another, or give trace_id');
    await expect(
      queries.getTrace({ ...window, spanId: '03', filters: 'service = audit AND span_id = "21"' }, call()),
    ).resolves.toMatchObject({ spans: [] });
    await expect(
      queries.getTrace({ ...window, spanId: '03', filters: 'span_id = "21"' }, call()),
    ).rejects.toThrow(`span_id: trace ${'c'.repeat(32)}, which was picked, has no span 03`);
  });

  test('is found by the shorter id that some name it by', async () => {
    const stored = '000000000000000000000000000000e1';
    await insertSpans([
      {
        trace: stored,
        id: '41',
        parent: '',
        namespace: 'front',
        service: 'old',
        kind: 'Server',
        at: 70_000,
        ms: 1,
      },
    ]);
    const found = await queries.getTrace({ traceId: '00000000000000E1' }, call());
    expect([found.traceId, found.spans.length]).toEqual([stored, 1]);
  });

  test('says that what matches has not failed', async () => {
    const { notes } = await queries.getTrace(
      { ...window, pick: 'first_failed', filters: 'service = audit' },
      call(),
    );
    expect(notes).toEqual(['spans that match: 1, with status error: 0']);
  });

  test('says which texts are too long to be read whole, and shows no part of a word', async () => {
    const long = '000000000000000000000000000000e2';
    const token = `Bearer ${'x'.repeat(600)}`;
    const name = `${'call '.repeat(390)} ${token}`;
    await insertSpans([
      {
        trace: long,
        id: '51',
        parent: '',
        namespace: 'front',
        service: 'long',
        kind: 'Server',
        at: 0,
        ms: 1,
        name,
      },
    ]);
    await insertLog(long, '51', 'front', `${'at com.example '.repeat(1500)}Caused by: disk full`);
    const found = await queries.getTrace({ traceId: long }, call());
    expect(found.spans[0]?.name).toBe(`${'call '.repeat(390)} Bearer`);
    expect(found.logs[0]?.body.length).toBeLessThanOrEqual(16_000);
    expect(found.notes).toEqual([
      '1 text of a span is longer than 2000 characters: only what comes first is read',
      '1 log body is longer than 16000 characters: only what comes first is read',
    ]);
  });
});

/** Spans of some traces, with parents among them, missing, or none. */
const anySpans = fc.array(
  fc.record({
    trace: fc.integer({ min: 0, max: 2 }),
    parent: fc.integer({ min: -2, max: 14 }),
    service: fc.constantFrom('a', 'b', 'c'),
    namespace: fc.constantFrom('x', 'y'),
    kind: fc.constantFrom('Server' as const, 'Client' as const, 'Internal' as const),
    at: fc.integer({ min: 0, max: 59_000 }),
    ms: fc.integer({ min: 0, max: 5000 }),
    failed: fc.boolean(),
    peer: fc.constantFrom('', 'db'),
  }),
  { minLength: 1, maxLength: 15 },
);

describe('a service map', () => {
  test('has as many calls as there are server spans with a foreign parent, within the limits of a key', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(anySpans, fc.boolean(), async (generated, limited) => {
        run++;
        const spans = generated.map(
          (one, i): StoredSpan => ({
            ...one,
            trace: `${run}-${one.trace}`,
            id: `s${i}`,
            parent: one.parent === -1 ? '' : one.parent === -2 ? 'missing' : `s${one.parent}`,
            name: `run ${run}`,
          }),
        );
        await insertSpans(spans);
        const limits = limited ? { namespaces: ['x'] } : {};
        const seen = spans.filter(({ namespace }) => !limited || namespace === 'x');
        const parentOf = (one: StoredSpan) =>
          seen.find(({ trace, id }) => trace === one.trace && id === one.parent);
        const node = ({ namespace, service }: StoredSpan) => `${namespace}/${service}`;
        const edges: string[] = [];
        for (const one of seen) {
          const parent = parentOf(one);
          if (one.kind === 'Server' && parent !== undefined && node(parent) !== node(one)) {
            edges.push(`${node(parent)} > ${node(one)} spans`);
          }
          const isServed = seen.some((child) => child.kind === 'Server' && parentOf(child) === one);
          if (one.kind === 'Client' && !isServed && one.peer) edges.push(`${node(one)} > db attributes`);
        }
        const map = await queries.serviceMap(
          { ...window, filters: `operation_name = 'run ${run}'`, limit: 200 },
          call(limits),
        );
        const found = map.calls.flatMap(({ client, server, seenBy, calls }) => {
          const to = server.namespace === '' ? server.workload : `${server.namespace}/${server.workload}`;
          return Array.from(
            { length: calls },
            () => `${client.namespace}/${client.workload} > ${to} ${seenBy}`,
          );
        });
        expect(found.sort()).toEqual(edges.sort());
        expect(map.nodes.reduce((sum, { served }) => sum + served, 0)).toBe(
          seen.filter(({ kind }) => kind === 'Server').length,
        );
      }),
      { numRuns: 40 },
    );
  });

  test('counts and times what a model does, whatever the window cuts', async () => {
    const record = (
      parents: readonly number[],
      services: readonly string[],
      kinds: readonly StoredSpan['kind'][],
    ) =>
      fc.record({
        parent: fc.constantFrom(...parents),
        service: fc.constantFrom(...services),
        kind: fc.constantFrom(...kinds),
        at: fc.integer({ min: 0, max: 59_000 }),
        ms: fc.integer({ min: 0, max: 9 }),
        failed: fc.boolean(),
      });
    const anyKind = ['Server', 'Client', 'Internal', 'Producer', 'Consumer'] as const;
    // Mostly calls and what serves them.
    const callers = record([-1, 1, 9], ['a'], ['Client', 'Client', 'Client', ...anyKind]);
    const others = record([0, 1, 2, 3, 4, 7], ['b', 'b', 'a'], ['Server', 'Server', 'Server', ...anyKind]);
    const generated = fc
      .tuple(
        fc.array(callers, { minLength: 5, maxLength: 5 }),
        fc.array(others, { minLength: 20, maxLength: 30 }),
      )
      .map((parts) => parts.flat());
    const quantile = (numbers: readonly number[], level: number): number => {
      const sorted = numbers.toSorted((a, b) => a - b);
      const place = level * (sorted.length - 1);
      const [low = 0, high = low] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
      return low + (high - low) * (place % 1);
    };
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        generated,
        fc.nat(25),
        fc.integer({ min: 26, max: 60 }),
        async (records, first, last) => {
          run++;
          const spans = records.map((record, i): StoredSpan => {
            const parent = record.parent < 0 ? '' : `s${record.parent}`;
            return {
              ...record,
              parent,
              trace: `times-${run}`,
              id: `s${i}`,
              namespace: 'n',
              name: `times ${run}`,
            };
          });
          await insertSpans(spans);
          const [from, to] = [1000 * first, 1000 * last];
          const isSeen = ({ at }: StoredSpan) => at >= from && at < to;
          const parentOf = (span: StoredSpan) => spans.find(({ id }) => id === span.parent);
          // As either side says.
          const hasFailed = (span: StoredSpan) => {
            const caller = parentOf(span);
            return span.failed || (caller?.kind === 'Client' && caller.failed);
          };
          const serves = ({ kind }: StoredSpan) => kind === 'Server' || kind === 'Consumer';
          const edges = new Map<string, { served: StoredSpan; caller: StoredSpan }[]>();
          for (const served of spans.filter((span) => isSeen(span) && serves(span))) {
            const caller = parentOf(served);
            if (caller === undefined || caller.service === served.service) continue;
            const edge = `${caller.service} > ${served.service}`;
            edges.set(edge, [...(edges.get(edge) ?? []), { served, caller }]);
          }
          const map = await queries.serviceMap(
            {
              fromTime: String(start + BigInt(from) * 1_000_000n),
              toTime: String(start + BigInt(to) * 1_000_000n),
              filters: `operation_name = 'times ${run}'`,
            },
            call(),
          );
          expect(
            map.calls.map(({ client, server }) => `${client.workload} > ${server.workload}`).sort(),
          ).toEqual([...edges.keys()].sort());
          for (const found of map.calls) {
            const calls = edges.get(`${found.client.workload} > ${found.server.workload}`) ?? [];
            const durations = calls.map(({ served }) => served.ms * 1e6);
            const gaps = calls
              .filter(({ caller, served }) => caller.kind === 'Client' && caller.ms >= served.ms)
              .map(({ caller, served }) => (caller.ms - served.ms) * 1e6);
            const gap = (level: number) =>
              gaps.length === 0 ? null : expect.closeTo(quantile(gaps, level), 0);
            expect(found).toMatchObject({
              calls: calls.length,
              failed: calls.filter(
                ({ served, caller }) => served.failed || (caller.kind === 'Client' && caller.failed),
              ).length,
              p50: expect.closeTo(quantile(durations, 0.5), 0),
              p95: expect.closeTo(quantile(durations, 0.95), 0),
              gapP50: gap(0.5),
              gapP95: gap(0.95),
            });
          }
          const serving = spans.filter((span) => isSeen(span) && serves(span));
          const count = (of: 'served' | 'failed' | 'withoutCaller' | 'fromItself') =>
            map.nodes.reduce((sum, node) => sum + node[of], 0);
          expect([count('served'), count('failed'), count('withoutCaller'), count('fromItself')]).toEqual([
            serving.length,
            serving.filter(hasFailed).length,
            serving.filter((span) => parentOf(span) === undefined).length,
            serving.filter((span) => parentOf(span)?.service === span.service).length,
          ]);
        },
      ),
      { numRuns: 15 },
    );
  });

  test('gives rates of failures, times and gaps; around a workload, too', async () => {
    const filters = "operation_name = 'checkout map'";
    const common = { namespace: 'shop', name: 'checkout map', trace: 'e'.repeat(32) };
    await insertSpans(
      [0, 1, 2, 3].flatMap((i): StoredSpan[] => [
        {
          ...common,
          id: `c${i}`,
          parent: '',
          service: 'web',
          kind: 'Client',
          at: 1000 * i,
          ms: 100 + 10 * i,
        },
        {
          ...common,
          id: `s${i}`,
          parent: `c${i}`,
          service: 'cart',
          kind: 'Server',
          at: 1000 * i + 5,
          ms: 80,
          failed: i === 3,
        },
        {
          ...common,
          id: `d${i}`,
          parent: `s${i}`,
          service: 'cart',
          kind: 'Client',
          at: 1000 * i + 10,
          ms: 10,
          peer: 'postgres',
        },
      ]),
    );
    const map = await queries.serviceMap({ ...window, filters }, call());
    expect(map.calls).toEqual([
      {
        client: { cluster: '', namespace: 'shop', workload: 'cart' },
        server: { cluster: '', namespace: '', workload: 'postgres' },
        seenBy: 'attributes',
        calls: 4,
        failed: 0,
        p50: 10e6,
        p95: 10e6,
        gapP50: null,
        gapP95: null,
      },
      {
        client: { cluster: '', namespace: 'shop', workload: 'web' },
        server: { cluster: '', namespace: 'shop', workload: 'cart' },
        seenBy: 'spans',
        calls: 4,
        failed: 1,
        p50: 80e6,
        p95: 80e6,
        gapP50: 35e6,
        gapP95: expect.closeTo(48.5e6, 0),
      },
    ]);
    const around = await queries.serviceMap({ ...window, filters, workload: 'web' }, call());
    expect(around.calls.map(({ server }) => server.workload)).toEqual(['cart']);
    const misspelt = await queries.serviceMap({ ...window, filters, workload: 'catr' }, call());
    expect(misspelt.notes).toContainEqual({
      text: 'nothing in the window calls or serves as catr; there is cart',
      quotesTelemetry: true,
    });
  });
});

describe('values of a field', () => {
  test('are named where none holds the part that was asked for', async () => {
    const at = { fromTime: String(start + 80_000_000_000n), toTime: String(start + 90_000_000_000n) };
    const names = ['GET /cart', 'GET /cart', 'GET /checkout', 'POST /pay'];
    await insertSpans(
      names.map((name, i) => ({
        trace: `near-${i}`,
        id: '01',
        parent: '',
        namespace: i === 3 ? 'hidden' : 'front',
        service: 'near',
        kind: 'Server',
        name,
        at: 85_000,
        ms: 1,
      })),
    );
    const ask = (search: string, field = 'operation_name') =>
      queries.fieldValues(
        { signal: 'traces', field: { field }, ...at, search },
        call({ namespaces: ['front'] }),
      );
    const text = async (search: string, field?: string) =>
      (await ask(search, field)).notes.map((note) => (typeof note === 'string' ? note : note.text));
    expect(await text('get /chekout')).toEqual([
      "no value holds 'get /chekout'; near it there is 'GET /checkout'",
    ]);
    expect(await text('pay')).toEqual([
      "no value holds 'pay'; the most frequent are 'GET /cart', 'GET /checkout'",
    ]);
    expect(await text('x', 'status_message')).toEqual([]);
    expect(await text('cart')).toEqual([]);
  });

  test('that are all different are told apart from those that come again', async () => {
    const at = { fromTime: String(start + 80_000_000_000n), toTime: String(start + 90_000_000_000n) };
    const { notes } = await queries.fieldValues(
      { signal: 'traces', field: { field: 'trace_id' }, ...at, limit: 2 },
      call(),
    );
    expect(notes).toEqual(['no value comes twice: analyze-traces gives averages and percentiles of numbers']);
  });

  test('are counted as a model counts them, whatever part, limit and key', async () => {
    let run = 0;
    const rows = fc.array(
      fc.record({
        value: fc.constantFrom('', 'Alpha', 'alpha', 'beta', 'ALPHABET', 'Ärger', '%_'),
        namespace: fc.constantFrom('x', 'y'),
      }),
      { minLength: 1, maxLength: 20 },
    );
    const part = fc.constantFrom('', 'alp', 'ÄR', '%', 'nothing');
    await fc.assert(
      fc.asyncProperty(
        rows,
        part,
        fc.integer({ min: 1, max: 5 }),
        fc.boolean(),
        async (records, search, limit, limited) => {
          run++;
          const service = `values-${run}`;
          await insertSpans(
            records.map(({ value, namespace }, i) => ({
              trace: `v${run}`,
              id: `${i}`,
              parent: '',
              namespace,
              service,
              kind: 'Internal',
              name: value,
              at: i,
              ms: 1,
            })),
          );
          const seen = records.filter(({ namespace }) => !limited || namespace === 'x');
          const counts = new Map<string, number>();
          for (const { value } of seen) {
            if (value !== '' && value.toLowerCase().includes(search.toLowerCase())) {
              counts.set(value, (counts.get(value) ?? 0) + 1);
            }
          }
          const bytes = (text: string) => Buffer.from(text);
          const expected = [...counts].sort(([a, m], [b, n]) => n - m || Buffer.compare(bytes(a), bytes(b)));
          const found = await queries.fieldValues(
            {
              signal: 'traces',
              field: { field: 'operation_name' },
              ...window,
              filters: `service = '${service}'`,
              search,
              limit,
            },
            call(limited ? { namespaces: ['x'] } : {}),
          );
          expect(found.values.map(({ value, rows }) => [value, rows])).toEqual(expected.slice(0, limit));
          expect(found).toMatchObject({
            rows: seen.length,
            rowsWithValue: seen.filter(({ value }) => value !== '').length,
            valuesTotal: expected.length,
            rowsMatched: expected.reduce((sum, [, n]) => sum + n, 0),
          });
          for (const { rows, share } of found.values) expect(share).toBe(rows / seen.length);
        },
      ),
      { numRuns: 40 },
    );
  });
});
