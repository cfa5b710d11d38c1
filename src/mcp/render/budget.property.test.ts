import fc from 'fast-check';
import { expect, test } from 'vitest';
import { analyzeResult, fieldsResult, rangeSeries, searchResult } from '../../../test/mcp/stub-queries.ts';
import { realTokens } from '../../../test/support/tokens.ts';
import type { AnalyzeResult, FieldsResult, SearchResult } from '../../query/results.ts';
import { formatTime } from '../../telemetry/time.ts';
import { analyzeJson, analyzeText } from './analyze.ts';
import type { Presentation } from './answer.ts';
import { estimateTokens } from './estimate.ts';
import { fieldsJson, fieldsText } from './fields.ts';
import { leastTokens } from './least-tokens.ts';
import { searchJson, searchText } from './search.ts';

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
    '\u001b[2J',
    'a\tb\nc',
    '\ud83d',
    '😀',
    '\\n',
    '__proto__',
  ),
  fc
    .tuple(fc.constantFrom('\0', 'word ', '漢', '😀', '\u200b', '\\', '"', 'x', '\t', '1'), fc.nat(20_000))
    .map(([part, times]) => part.repeat(times)),
);

const notes = fc.array(
  fc.oneof(
    text,
    text.map((text) => ({ text, quotesTelemetry: true as const })),
  ),
  { maxLength: 30 },
);

const common = { filter: text, filterRewritten: fc.boolean(), notes };

const search: fc.Arbitrary<SearchResult> = fc
  .record({
    ...common,
    names: fc.uniqueArray(fc.oneof(text, fc.constantFrom('body', 'pod_name', 'workload', 'trace_id')), {
      maxLength: 15,
    }),
    values: fc.array(fc.oneof(text, fc.constant(null)), { minLength: 1, maxLength: 40 }),
    rows: fc.nat(10),
    order: fc.constantFrom('newest', 'oldest', 'slowest'),
    durations: fc.array(fc.oneof(fc.nat(), fc.constant(null)), { minLength: 1 }),
  })
  .map(({ names, values, rows, durations, ...more }) => {
    const records = Array.from({ length: rows }, (_, row) => ({
      timestamp: 1_674_988_191_123_456_789n + BigInt(row),
      duration: durations[row % durations.length] ?? null,
      ...Object.fromEntries(
        names.map((name, i) => [name, values[(row * names.length + i) % values.length] ?? null]),
      ),
    }));
    return searchResult('traces', records, {
      ...more,
      matched: rows + 5,
      cursors: records.map(() => 'A'.repeat(80)),
    });
  });

const analyze: fc.Arbitrary<AnalyzeResult> = fc
  .record({
    ...common,
    keys: fc.uniqueArray(text, { maxLength: 8 }),
    labels: fc.array(text, { minLength: 1, maxLength: 30 }),
    groups: fc.nat(200),
    points: fc.option(
      fc.array(fc.oneof(fc.nat(), fc.double({ noNaN: true }), fc.constant(null)), {
        minLength: 1,
        maxLength: 300,
      }),
    ),
    unit: fc.constantFrom('ns', 'ms', 'characters', undefined),
    field: fc.option(text, { nil: undefined }),
  })
  .map(({ keys, labels, groups, points, unit, field, ...more }) => {
    const series = Array.from({ length: keys.length > 0 ? groups : 1 }, (_, group) => {
      const ofGroup = Object.fromEntries(
        keys.map((key, i) => [key, labels[(group + i) % labels.length] ?? '']),
      );
      const { points: timed, ...rest } = rangeSeries(ofGroup, 1_674_981_600, 60, points ?? [group]);
      return points === null ? { ...rest, value: group } : { ...rest, points: timed ?? [] };
    });
    const aggregation = { function: 'p99', field } as const;
    const range = points === null ? {} : ({ queryType: 'range', step: 60 } as const);
    return analyzeResult('logs', series, { ...more, ...range, aggregation, unit, groupBy: keys });
  });

const fields: fc.Arbitrary<FieldsResult> = fc
  .record({
    notes,
    search: text,
    names: fc.array(text, { maxLength: 200 }),
    values: fc.array(text, { maxLength: 5 }),
  })
  .map(({ names, values, ...more }) =>
    fieldsResult(
      'logs',
      names.map((name) => ({
        name,
        type: 'string',
        unit: undefined,
        kind: 'attribute',
        description: '',
        exampleValues: values,
        coverage: 0.5,
      })),
      more,
    ),
  );

const budget = fc.oneof(fc.integer({ min: 1000, max: 25_000 }), fc.constantFrom(1000, 1001, 6000));

type Answers = readonly [compact: (how: Presentation) => string, json: (how: Presentation) => string];

const renderings: readonly (readonly [string, fc.Arbitrary<Answers>])[] = [
  ['search', search.map((result) => [(how) => searchText(result, how), (how) => searchJson(result, how)])],
  [
    'analyze',
    analyze.map((result) => [(how) => analyzeText(result, how), (how) => analyzeJson(result, how)]),
  ],
  ['fields', fields.map((result) => [(how) => fieldsText(result, how), (how) => fieldsJson(result, how)])],
];

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
      { seed: 6, numRuns: 30 },
    );
  },
);

test('JSON with room enough says exactly what the store gave', () => {
  const short = fc.string({ unit: 'binary', maxLength: 20 });
  const cells = fc.array(fc.oneof(short, fc.constant(null)), { minLength: 30, maxLength: 30 });
  fc.assert(
    fc.property(
      fc.uniqueArray(short, { minLength: 1, maxLength: 5 }),
      cells,
      short,
      (names, cells, filter) => {
        const records = Array.from({ length: 4 }, (_, row) => ({
          timestamp: 1_674_988_191_123_456_789n + BigInt(row),
          duration: row * 1_000_000_007,
          ...Object.fromEntries(names.map((name, i) => [`@${name}`, cells[row * 5 + i] ?? null])),
        }));
        const result = searchResult('traces', records, { filter });
        const json = JSON.parse(searchJson(result, { maxTokens: 25_000, notes: [], mark }));
        expect(json.columns).toEqual(result.columns.map(({ name }) => name));
        expect(json.filter).toBe(filter);
        expect(json.rows).toEqual(
          records.map(({ timestamp, ...rest }) => [formatTime(timestamp), ...Object.values(rest)]),
        );
      },
    ),
    { seed: 7, numRuns: 200 },
  );
});

test('a value of a megabyte is answered in time', () => {
  const record = (i: number) => ({
    timestamp: BigInt(i),
    body: `${i}\0😀`.repeat(250_000),
    '@x': '\t'.repeat(1_000_000),
  });
  const result = searchResult(
    'logs',
    Array.from({ length: 10 }, (_, i) => record(i)),
  );
  for (const render of [searchText, searchJson]) {
    const answer = render(result, { maxTokens: 6000, notes: [], mark });
    expect(estimateTokens(answer)).toBeLessThanOrEqual(6000);
    expect(answer).toMatch(/20 values are cut/);
  }
});

test('hundreds of groups with a thousand points are answered in time', () => {
  const series = Array.from({ length: 200 }, (_, group) =>
    rangeSeries(
      { pod: `checkout-5c66d57d58-${group}`, '@sql': `SELECT ${group} ${'x'.repeat(5000)}` },
      1_674_981_600,
      60,
      Array.from({ length: 1000 }, (_, i) => ((group + 1) * (i + 1)) / 7),
    ),
  );
  const result = analyzeResult('logs', series, { queryType: 'range', step: 60 });
  for (const render of [analyzeText, analyzeJson]) {
    for (const maxTokens of [1000, 6000, 25_000]) {
      expect(estimateTokens(render(result, { maxTokens, notes: [], mark }))).toBeLessThanOrEqual(maxTokens);
    }
  }
});

test('what a layout costs at least is never more than what it costs', () => {
  fc.assert(
    fc.property(analyze, (result) => {
      const room = { maxTokens: 10_000_000, notes: [], mark };
      const all = {
        label: 80_000_000,
        points: result.series[0]?.points?.length ?? 0,
        plotted: result.series.length,
        groups: result.series.length,
      };
      expect(leastTokens(result, 'text')(all)).toBeLessThanOrEqual(estimateTokens(analyzeText(result, room)));
      expect(leastTokens(result, 'json')(all)).toBeLessThanOrEqual(estimateTokens(analyzeJson(result, room)));
    }),
    { seed: 8, numRuns: 10 },
  );
});
