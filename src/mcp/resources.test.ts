import { expect, test } from 'vitest';
import { parseQuery } from '../promql/parser.ts';
import { builtinFields, type Signal } from '../telemetry/fields.ts';
import { parseFilter, resolveFilter } from '../telemetry/filter/filter.ts';
import { exampleFilter, instructions, longestInstructions } from './instructions.ts';
import { promqlExamples } from './promql-help.ts';
import { filterExamples, resources } from './resources.ts';
import { exampleFilters as analyzeLogsExamples } from './tools/analyze-logs.ts';
import { exampleFilters as analyzeTracesExamples } from './tools/analyze-traces.ts';
import { exampleFilters as searchLogsExamples } from './tools/search-logs.ts';
import { exampleFilters as searchTracesExamples } from './tools/search-traces.ts';

const now = 1_674_988_200_250_000_000n;

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

test.each(promqlExamples)('the example of PromQL is right: %s', (query) => {
  expect(() => parseQuery(query)).not.toThrow();
});

test('the syntax has every example, the list every field and alias', () => {
  const [syntax, fields] = resources.map(({ text }) => text);
  for (const [, filter] of filterExamples) expect(syntax).toContain(`\`${filter}\``);
  for (const { name, aliases } of builtinFields) {
    for (const word of [name, ...aliases]) expect(fields).toMatch(new RegExp(`[|,] ${word} ?[|,]`));
  }
});

test('the documentation says the same', async () => {
  const [syntax = '', fields = '', promql = ''] = resources.map(({ text }) => text);
  await expect(syntax).toMatchFileSnapshot('../../docs/filters.md');
  await expect(fields).toMatchFileSnapshot('../../docs/fields.md');
  await expect(promql).toMatchFileSnapshot('../../docs/promql.md');
});
