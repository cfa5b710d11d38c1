import { expect, test } from 'vitest';
import { MemoryMetricStore } from '../../test/support/memory-metric-store.ts';
import { metricTools } from '../../test/support/metric-tools.ts';
import { parseQuery } from '../promql/parser.ts';
import { builtinFields, type Signal } from '../telemetry/fields.ts';
import { parseFilter, resolveFilter } from '../telemetry/filter/filter.ts';
import { functions } from '../telemetry/formula/functions.ts';
import { formulaExamples, formulaHelp } from './formula-help.ts';
import { exampleFilter, instructions, longestInstructions } from './instructions.ts';
import { promqlExamples } from './promql-help.ts';
import { filterExamples, resources } from './resources.ts';
import { exampleFilters as analyzeLogsExamples } from './tools/analyze-logs.ts';
import { exampleFilters as analyzeTracesExamples } from './tools/analyze-traces.ts';
import { exampleFilters as searchLogsExamples } from './tools/search-logs.ts';
import { exampleFilters as searchTracesExamples } from './tools/search-traces.ts';

const now = 1_674_988_200_250_000_000n;

/** With 6 for A and 4 for B. */
const valuesOfFormulas: Readonly<Record<string, number>> = {
  '(A / B) * 100': 150,
  'B - A': -2,
  'abs(A - B)': 2,
  '(A - B) / B * 100': 50,
  'default(A / B, 0)': 1.5,
  'A / default(B, 1)': 1.5,
  'clamp(100 - (A / B) * 100, 0, 100)': 0,
  'A / 1000000': 0.000006,
  '-2 ^ 2 + A * 0': -4,
  'ceil(A)': 6,
  'floor(A)': 6,
  'round(A)': 6,
  'sqrt(A)': 2.449489742783178,
  'ln(A)': 1.791759469228055,
  'log2(A)': 2.584962500721156,
  'log10(A)': 0.7781512503836436,
  'exp(A)': 403.4287934927351,
  'min(A, B)': 4,
  'max(A, 0)': 6,
  'clamp(A, 0, 100)': 6,
  'default(A, 0)': 6,
};

const examples: (readonly [signal: Signal, filter: string])[] = [
  ...filterExamples.map(([signal, filter]) => [signal, filter] as const),
  ...[...searchLogsExamples, ...analyzeLogsExamples].map((filter) => ['logs', filter] as const),
  ...[...searchTracesExamples, ...analyzeTracesExamples].map((filter) => ['traces', filter] as const),
  ['logs', exampleFilter] as const,
  ['traces', exampleFilter] as const,
  ['traces', '@http.route = "/pay"'] as const,
  ['traces', 'duration > 500ms'] as const,
];

test.each(examples)('the example for %s is right: %s', (signal, filter) => {
  const parsed = parseFilter(filter);
  expect(parsed.unknownNames(signal)).toEqual([]);
  expect(resolveFilter(parsed, { signal, attributes: new Set(), now }).filter).toBeDefined();
});

test('the instructions have the clock and the examples, and are short', () => {
  const text = instructions(now);
  expect(Buffer.byteLength(text)).toBeLessThan(longestInstructions);
  expect(text).toContain("the server's clock is 2023-01-29 10:30:00 UTC");
  for (const example of [exampleFilter, '@http.route = "/pay"', 'duration > 500ms'])
    expect(text).toContain(example);
});

test('the instructions say which signals hold data and since when, in whole minutes', () => {
  const at = (time: string) => BigInt(Date.parse(`2023-01-29T${time}Z`)) * 1_000_000n;
  const logs = { oldest: at('08:42:09.487'), newest: at('10:28:09.190') };
  const ended = { oldest: at('08:42:00'), newest: at('09:30:00') };
  const text = instructions(now, { logs, traces: ended, metrics: undefined });
  expect(text).toContain(
    'Data: logs since 2023-01-29 08:42; traces since 2023-01-29 08:42, none after 2023-01-29 09:31; no metrics. What ended needs from_time',
  );
  expect(instructions(now, { logs, traces: undefined, metrics: 'some' })).toContain(
    'Data: logs since 2023-01-29 08:42; no traces; metrics.\n',
  );
  expect(instructions(now, { logs: undefined, traces: undefined, metrics: undefined })).toContain(
    'Data: there is none yet.\n',
  );
  const longest = instructions(now, { logs: ended, traces: ended, metrics: ended });
  expect(Buffer.byteLength(longest)).toBeLessThanOrEqual(longestInstructions);
});

test('the instructions name every resource', () => {
  for (const { uri } of resources) expect(instructions(now)).toContain(uri);
});

test.each(promqlExamples)('the example of PromQL is right: %s', (query) => {
  expect(() => parseQuery(query)).not.toThrow();
});

test.each([
  ...formulaExamples.map(([expression]) => expression),
  ...[...functions.values()].map(({ example }) => example),
])('the example of a formula is computed: %s', async (expression) => {
  const number = (value: number) => ({ datasource: 'metrics', promql: `vector(${value})` });
  const formula = { datasource: 'formula', expression };
  const answer = await metricTools(new MemoryMetricStore()).json('analyze-telemetry', {
    queries: { A: number(6), B: number(4), C: formula },
  });
  expect(answer).toMatchObject({ queries: { C: { series: [{ value: valuesOfFormulas[expression] }] } } });
  expect(formulaHelp).toContain(`\`${expression}\``);
});

test('the syntax has every example, the list every field and alias', () => {
  const [syntax, fields] = resources.map(({ text }) => text);
  for (const [, filter] of filterExamples) expect(syntax).toContain(`\`${filter}\``);
  for (const { name, aliases } of builtinFields) {
    for (const word of [name, ...aliases]) expect(fields).toMatch(new RegExp(`[|,] ${word} ?[|,]`));
  }
});

test('the documentation says the same', async () => {
  const [syntax = '', fields = '', promql = '', formulas = ''] = resources.map(({ text }) => text);
  await expect(syntax).toMatchFileSnapshot('../../docs/filters.md');
  await expect(fields).toMatchFileSnapshot('../../docs/fields.md');
  await expect(promql).toMatchFileSnapshot('../../docs/promql.md');
  await expect(formulas).toMatchFileSnapshot('../../docs/formulas.md');
});
