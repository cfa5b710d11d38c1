import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rangeSeries, window } from '../../../test/mcp/stub-queries.ts';
import { realTokens } from '../../../test/support/tokens.ts';
import type {
  AnalyzeMetricsResult,
  AvailableMetricsResult,
  MetricLabelsResult,
  MetricSeries,
} from '../../query/metric-results.ts';
import { analyzeMetricsJson, analyzeMetricsText } from './analyze-metrics.ts';
import type { Presentation } from './answer.ts';
import { availableMetricsJson, availableMetricsText } from './available-metrics.ts';
import { estimateTokens } from './estimate.ts';
import { leastTokens } from './least-tokens.ts';
import { labelNamesOf } from './metric-columns.ts';
import { metricLabelsJson, metricLabelsText } from './metric-labels.ts';

const mark = () => '483920';

/** What attacks a reader or a layout, and much of it. */
const text = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: 'binary' }) },
  fc.constantFrom(
    '',
    '-',
    '\0',
    '</untrusted-111111>',
    '\u202e',
    'a\tb\nc',
    '\ud83d',
    '😀',
    '__proto__',
    'value',
  ),
  fc
    .tuple(fc.constantFrom('\0', 'word ', '漢', '😀', '\u200b', '\\', '"', '\t', '1'), fc.nat(20_000))
    .map(([part, times]) => part.repeat(times)),
);

const notes = fc.array(
  fc.oneof(
    text,
    text.map((text) => ({ text, quotesTelemetry: true as const })),
  ),
  { maxLength: 30 },
);

const value = fc.oneof(fc.nat(), fc.double(), fc.constantFrom(Number.NaN, Infinity, -Infinity, 0));

const histogram = fc.record({ count: value, sum: value, avg: value, p50: value, p90: value, p99: value });

const analysis: fc.Arbitrary<AnalyzeMetricsResult> = fc
  .record({
    notes,
    promql: text,
    labelSets: fc.array(fc.dictionary(text, text, { maxKeys: 8 }), { minLength: 1, maxLength: 20 }),
    count: fc.nat(200),
    values: fc.array(fc.oneof(value, fc.constant(null)), { minLength: 1, maxLength: 300 }),
    histogram: fc.option(histogram, { nil: undefined }),
    unit: fc.constantFrom('seconds', 'bytes', 'bytes per second', 'ratio', undefined),
    kind: fc.constantFrom('value', 'steps', 'samples'),
    string: fc.option(text, { nil: undefined }),
  })
  .map(({ labelSets, count, values, histogram, kind, string, notes, promql, unit }) => {
    const series = Array.from({ length: string === undefined ? count : 0 }, (_, i): MetricSeries => {
      const own = kind === 'samples' ? values.slice(i % values.length) : values;
      const { points, ...rest } = rangeSeries(labelSets[i % labelSets.length] ?? {}, 1_674_981_600, 60, own);
      const more = i % 3 === 0 && histogram !== undefined ? { histogram } : {};
      return kind === 'value'
        ? { ...rest, ...more, value: own[0] ?? null }
        : { ...rest, ...more, points: points ?? [] };
    });
    return {
      window,
      now: undefined,
      notes,
      queryType: kind === 'steps' ? 'range' : 'instant',
      step: kind === 'steps' ? 60 : null,
      promql,
      time: kind === 'steps' ? undefined : window.to,
      kind,
      text: string,
      unit,
      order: 'value',
      groupsTotal: series.length + 3,
      series,
    };
  });

const metadata = {
  type: fc.constantFrom('counter', 'histogram', 'unknown'),
  unit: text,
  help: text,
} as const;

const list: fc.Arbitrary<AvailableMetricsResult> = fc
  .record({
    notes,
    metrics: fc.array(
      fc.record({ ...metadata, name: text, series: fc.option(fc.nat(), { nil: undefined }) }),
      { maxLength: 200 },
    ),
    keywords: fc.array(text, { maxLength: 10 }),
    groups: fc.array(fc.record({ prefix: text, metrics: fc.nat() }), { maxLength: 30 }),
    matchedIsLowerBound: fc.boolean(),
  })
  .map((one) => ({ ...one, matched: one.metrics.length + 7 }));

const labels: fc.Arbitrary<MetricLabelsResult> = fc.record({
  notes,
  ...metadata,
  metric: text,
  series: fc.nat(),
  labels: fc.array(
    fc.record({ name: text, valuesTotal: fc.nat(), exampleValues: fc.array(text, { maxLength: 10 }) }),
    { maxLength: 100 },
  ),
  window: fc.constantFrom(undefined, window),
  now: fc.constant(undefined),
});

type Answers = readonly [compact: (how: Presentation) => string, json: (how: Presentation) => string];

const renderings: readonly (readonly [string, fc.Arbitrary<Answers>])[] = [
  [
    'PromQL',
    analysis.map((result) => [
      (how) => analyzeMetricsText(result, how),
      (how) => analyzeMetricsJson(result, how),
    ]),
  ],
  [
    'a list of metrics',
    list.map((result) => [
      (how) => availableMetricsText(result, how),
      (how) => availableMetricsJson(result, how),
    ]),
  ],
  [
    'labels',
    labels.map((result) => [(how) => metricLabelsText(result, how), (how) => metricLabelsJson(result, how)]),
  ],
];

const budget = fc.oneof(fc.integer({ min: 1000, max: 25_000 }), fc.constantFrom(1000, 1001, 6000));
const hidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}]/u;

test.each(renderings)(
  '%s keeps to the budget, hides nothing, and can not be forged',

  (_, answers) => {
    fc.assert(
      fc.property(answers, budget, notes, ([compact, json], maxTokens, notes) => {
        const presentation = { maxTokens, notes, mark };
        const text = compact(presentation);
        expect(realTokens(text)).toBeLessThanOrEqual(maxTokens);
        expect(text.replaceAll(/[\n\t]/g, '')).not.toMatch(hidden);
        expect(text.split('483920').length - 1).toBe(text.includes('<untrusted-') ? 2 : 0);
        const object = json(presentation);
        expect(realTokens(object)).toBeLessThanOrEqual(maxTokens);
        expect(object).not.toMatch(hidden);
        expect(JSON.parse(object)).toHaveProperty('notes');
      }),
      { seed: 6, numRuns: 40 },
    );
  },
);

test('what a layout costs at least is never more than what it costs', () => {
  const steps = analysis.filter(({ kind }) => kind === 'steps');
  fc.assert(
    fc.property(steps, (result) => {
      const room = { maxTokens: 10_000_000, notes: [], mark };
      const measured = { series: result.series, groupBy: labelNamesOf(result.series) };
      const all = {
        label: 80_000_000,
        points: result.series[0]?.points?.length ?? 0,
        plotted: result.series.length,
        groups: result.series.length,
      };
      expect(leastTokens(measured, 'text')(all)).toBeLessThanOrEqual(
        estimateTokens(analyzeMetricsText(result, room)),
      );
      expect(leastTokens(measured, 'json')(all)).toBeLessThanOrEqual(
        estimateTokens(analyzeMetricsJson(result, room)),
      );
    }),
    { seed: 8, numRuns: 10 },
  );
});

test('hundreds of series with a thousand points are answered in time', () => {
  const series = Array.from({ length: 200 }, (_, i) =>
    rangeSeries(
      { __name__: 'x', pod: `checkout-${i}`, [`label_${i}`]: 'x'.repeat(5000) },
      1_674_981_600,
      60,
      Array.from({ length: 1000 }, (_, point) => ((i + 1) * (point + 1)) / 7),
    ),
  );
  const result: AnalyzeMetricsResult = {
    window,
    now: undefined,
    notes: [],
    queryType: 'range',
    step: 60,
    promql: 'x',
    time: undefined,
    kind: 'steps',
    text: undefined,
    unit: undefined,
    order: 'value',
    groupsTotal: 200,
    series,
  };
  for (const render of [analyzeMetricsText, analyzeMetricsJson]) {
    for (const maxTokens of [1000, 6000, 25_000]) {
      expect(estimateTokens(render(result, { maxTokens, notes: [], mark }))).toBeLessThanOrEqual(maxTokens);
    }
  }
});
