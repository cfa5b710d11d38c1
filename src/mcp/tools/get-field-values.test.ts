import { expect, test } from 'vitest';
import { call, mark, stubQueries, window } from '../../../test/mcp/stub-queries.ts';
import { realTokens } from '../../../test/support/tokens.ts';
import type { FieldValuesResult } from '../../query/field-values.ts';
import { getFieldValues } from './get-field-values.ts';

function valuesResult(more: Partial<FieldValuesResult> = {}): FieldValuesResult {
  return {
    signal: 'traces',
    field: 'clustered_resource',
    unit: undefined,
    search: 'pay',
    filter: 'status = "error"',
    filterRewritten: false,
    window,
    now: undefined,
    rows: 1000,
    rowsWithValue: 900,
    rowsMatched: 620,
    valuesTotal: 12,
    values: [
      { value: '/api/pay', rows: 600, share: 0.6 },
      { value: '/api/pay\n/refund', rows: 10, share: 0.01 },
    ],
    notes: [],
    ...more,
  };
}

const answer = (result: FieldValuesResult, args: object = {}) =>
  getFieldValues(stubQueries({ fieldValues: result })).answer(
    { datasource: 'traces', field: 'resource', ...args },
    call(),
    mark,
  );

test('compact', async () => {
  expect(await answer(valuesResult())).toMatchInlineSnapshot(`
    "2 of 12 different values with "pay", most frequent first; 900 of 1000 spans have one; 2023-01-29 08:41:00 to 10:30:00 UTC
    <untrusted-483920>
    clustered_resource	spans	share
    /api/pay	600	60 %
    /api/pay\\n/refund	10	1 %
    </untrusted-483920>
    note: 10 more values with 10 spans (1 %): raise limit (up to 200), or search for a part of the value, or narrow filters"
  `);
});

test('JSON', async () => {
  expect(JSON.parse(await answer(valuesResult(), { format: 'json' }))).toEqual({
    window: { from: '2023-01-29T08:41:00Z', to: '2023-01-29T10:30:00Z' },
    field: 'clustered_resource',
    unit: null,
    filter: 'status = "error"',
    search: 'pay',
    rows: 1000,
    rows_with_value: 900,
    values_total: 12,
    values_shown: 2,
    values: [
      { value: '/api/pay', count: 600, share: 0.6 },
      { value: '/api/pay\n/refund', count: 10, share: 0.01 },
    ],
    rest: { values: 10, count: 10 },
    notes: [
      '10 more values with 10 spans (1 %): raise limit (up to 200), or search for a part of the value, or narrow filters',
    ],
  });
});

test('a long name of a field keeps within the budget', async () => {
  // Each is shown as its number.
  const long = '\u200b'.repeat(1000);
  const notes = Array.from({ length: 9 }, () => ({ text: long, quotesTelemetry: true as const }));
  const result = valuesResult({
    field: `@${long}`,
    search: long,
    filter: long,
    filterRewritten: true,
    notes,
  });
  for (const format of ['compact', 'json']) {
    const text = await answer(result, { format, max_tokens: 1000 });
    expect(realTokens(text), format).toBeLessThanOrEqual(1000);
  }
});

test('arguments reach the query', async () => {
  const queries = stubQueries({ fieldValues: valuesResult() });
  const args = {
    datasource: 'logs',
    field: { field: '@customer.id', type: 'string' },
    keyword: 'c-1',
    limit: 500,
  };
  const text = await getFieldValues(queries).answer(args, call(), mark);
  expect(queries.requests).toEqual([
    {
      signal: 'logs',
      field: { field: '@customer.id' },
      search: 'c-1',
      fromTime: undefined,
      toTime: undefined,
      filters: undefined,
      limit: 200,
    },
  ]);
  expect(text).toContain('limit 500 was lowered to 200');
});

test('keeps to the budget, and counts what it leaves out', async () => {
  const values = Array.from({ length: 200 }, (_, i) => ({
    value: `${'long value '.repeat(80)}${i}`,
    rows: 400 - i,
    share: (400 - i) / 60_100,
  }));
  const result = valuesResult({
    rows: 60_100,
    rowsWithValue: 60_100,
    rowsMatched: 60_100,
    valuesTotal: 200,
    values,
  });
  for (const max_tokens of [1000, 6000]) {
    for (const format of ['compact', 'json']) {
      const text = await answer(result, { max_tokens, format });
      expect(realTokens(text)).toBeLessThanOrEqual(max_tokens);
      expect(text).toMatch(/\d+ more values with \d+ spans|200 values are cut/);
    }
  }
});
