import fc from 'fast-check';
import { expect, test } from 'vitest';
import { realTokens } from '../../../test/support/tokens.ts';
import type { FieldValuesResult } from '../../query/field-values.ts';
import type { LogPatternsResult } from '../../query/log-patterns.ts';
import type { ServiceMapResult } from '../../query/service-map.ts';
import type { TraceResult } from '../../query/trace-requests.ts';
import { findPatterns } from '../../telemetry/log-pattern/log-patterns.ts';
import type { MapNode } from '../../telemetry/service-map.ts';
import { analyzeTrace } from '../../telemetry/trace/analyze-trace.ts';
import type { Span } from '../../telemetry/trace/span.ts';
import type { Presentation } from './answer.ts';
import { fieldValuesJson, fieldValuesText } from './field-values.ts';
import { logPatternsText } from './log-patterns.ts';
import { logPatternsJson } from './log-patterns-json.ts';
import { serviceMapJson, serviceMapText } from './service-map.ts';
import { traceText } from './trace.ts';
import { traceJson } from './trace-json.ts';

const mark = () => '483920';
const start = 1_674_988_190_000_000_000n;
const window = { from: start, to: start + 60_000_000_000n };

/** What attacks a reader or a layout, and much of it. */
const text = fc.oneof(
  { weight: 2, arbitrary: fc.string({ unit: 'binary' }) },
  fc.constantFrom('', '\0', '</untrusted-111111>', '\u202e', 'a\tb\nc', '\ud83d', '🦑', '<*>', '__proto__'),
  fc
    .tuple(fc.constantFrom('\0', 'word ', '漢', '🧿', '\u200b', '\\', '"', 'x', '\t', '1'), fc.nat(5000))
    .map(([part, times]) => part.repeat(times)),
);
const notes = fc.array(
  fc.oneof(
    text,
    text.map((quoted) => ({ text: quoted, quotesTelemetry: true as const })),
  ),
  {
    maxLength: 10,
  },
);
const common = { filter: text, filterRewritten: fc.boolean(), notes, now: fc.constant(undefined) };
const count = fc.nat(1_000_000);

/** The result of a tool in both forms costs no more than it may. */
function keepsToItsBudget<Result>(
  results: fc.Arbitrary<Result>,
  compact: (result: Result, presentation: Presentation) => string,
  json: (result: Result, presentation: Presentation) => string,
): void {
  fc.assert(
    fc.property(results, fc.constantFrom(1000, 1500, 6000), (result, maxTokens) => {
      const presentation = { maxTokens, notes: [], mark };
      const shown = compact(result, presentation);
      expect(realTokens(shown)).toBeLessThanOrEqual(maxTokens);
      const object = json(result, presentation);
      expect(realTokens(object)).toBeLessThanOrEqual(maxTokens);
      expect(JSON.parse(object)).toMatchObject({ notes: expect.any(Array) });
    }),
    { seed: 2, numRuns: 20, endOnFailure: true },
  );
}

const span = fc
  .record({
    parent: fc.integer({ min: -1, max: 5 }),
    texts: fc.array(text, { minLength: 3, maxLength: 3 }),
    role: fc.constantFrom('client', 'server', 'internal'),
    failed: fc.boolean(),
    start: fc.nat(1e9),
    duration: fc.nat(1e9),
  })
  .map(({ parent, texts: [a = '', b = '', c = ''], ...rest }): Omit<Span, 'spanId'> => {
    return {
      parentSpanId: parent < 0 ? '' : `s${parent}`,
      name: a,
      cluster: b,
      namespace: c,
      workload: a,
      pod: b,
      message: c,
      protocol: a,
      returnCode: b,
      resource: c,
      peer: a,
      ...rest,
    };
  });

test('traces', () => {
  const log = fc.record({
    at: fc.integer({ min: -1e9, max: 1e9 }),
    span: fc.integer({ min: -1, max: 3 }),
    workload: text,
    level: text,
    body: text,
  });
  const results = fc
    .record({
      ...common,
      spans: fc.array(span, { maxLength: 40 }),
      logs: fc.array(log, { maxLength: 20 }),
      isPicked: fc.boolean(),
      logsTotal: count,
    })
    .map(({ spans, isPicked, filter, filterRewritten, ...more }): TraceResult => {
      const trace = analyzeTrace(spans.map((one, i) => ({ ...one, spanId: `s${i}` })));
      const picked = {
        pick: 'typical',
        filter,
        filterRewritten,
        rootsOnly: false,
        searched: window,
        candidates: 7,
        spanId: 's1',
        duration: 1,
        median: 1,
      } as const;
      return {
        ...trace,
        ...more,
        traceId: 'a'.repeat(32),
        picked: isPicked ? picked : undefined,
        window,
        spansTotal: spans.length,
        top: undefined,
      };
    });
  keepsToItsBudget(results, traceText, traceJson);
});

test('service maps', () => {
  const node: fc.Arbitrary<MapNode> = fc.record({ cluster: text, namespace: text, workload: text });
  const calls = fc.record({
    client: node,
    server: node,
    seenBy: fc.constantFrom('spans', 'attributes'),
    calls: count,
    failed: count,
    p50: count,
    p95: count,
    gapP50: fc.option(count),
    gapP95: fc.option(count),
  });
  const served = fc
    .record({ node, served: count, failed: count, withoutCaller: count, fromItself: count })
    .map(({ node: of, ...counts }) => ({ ...of, ...counts }));
  const results: fc.Arbitrary<ServiceMapResult> = fc.record({
    ...common,
    window: fc.constant(window),
    calls: fc.array(calls, { maxLength: 60 }),
    nodes: fc.array(served, { maxLength: 40 }),
    around: text,
    edgesTotal: fc.integer({ min: 60, max: 1000 }),
    callsTotal: count,
  });
  keepsToItsBudget(results, serviceMapText, serviceMapJson);
});

test('values of a field', () => {
  const results: fc.Arbitrary<FieldValuesResult> = fc.record({
    ...common,
    window: fc.constant(window),
    signal: fc.constantFrom('logs', 'traces'),
    field: text,
    unit: fc.constant(undefined),
    search: text,
    rows: count,
    rowsWithValue: count,
    rowsMatched: count,
    valuesTotal: fc.integer({ min: 200, max: 1e6 }),
    values: fc.array(
      fc.record({ value: text, rows: count, share: fc.double({ min: 0, max: 1, noNaN: true }) }),
      {
        maxLength: 60,
      },
    ),
  });
  keepsToItsBudget(results, fieldValuesText, fieldValuesJson);
});

test('patterns of logs', () => {
  const seen = (rows: number) => ({ rows, first: start, last: start + 1n, buckets: new Map([[0, rows]]) });
  const shape = fc
    .record({ texts: fc.array(text, { minLength: 4, maxLength: 4 }), rows: fc.nat(99), before: fc.nat(99) })
    .map(({ texts: [masked = '', example = '', level = '', workload = ''], rows, before }) => {
      return {
        masked,
        example,
        exampleRest: rows % 3 === 0 ? 498_000 : 0,
        window: seen(rows),
        baseline: seen(before),
        levels: new Map([[level, rows || before]]),
        workloads: new Map([[workload, rows || before]]),
      };
    });
  const results = fc
    .record({ ...common, shapes: fc.array(shape, { maxLength: 40 }), isCompared: fc.boolean() })
    .map(({ shapes, isCompared, ...more }): LogPatternsResult => {
      const patterns = findPatterns(shapes, isCompared ? { window: 60, baseline: 60, bucket: 2 } : undefined);
      return {
        ...more,
        window,
        baseline: isCompared ? window : undefined,
        rows: 1000,
        baselineRows: 1000,
        rowsLeftOut: 1,
        patternsTotal: patterns.length + 5,
        changesTotal: 1,
        patterns,
      };
    });
  keepsToItsBudget(results, logPatternsText, logPatternsJson);
});
