import { describe, expect, test } from 'vitest';
import { compact, search, toolError } from '../support/answers.ts';
import { useSampledProduct } from './sampled-product.ts';

const running = useSampledProduct();

/** What a client must never see: the store's own words, SQL, paths, stack traces. */
const internal =
  /DB::|ClickHouse|chdb|Code: \d+|\bFROM\s+`?\w+\.|\/(?:tmp|home|work|usr)\/|node:internal|\.[jt]s:\d+/i;

/** The part of the line above the caret that the carets stand under. */
function marked(text: string): string | undefined {
  const lines = text.split('\n');
  const at = lines.findIndex((line) => /^[\s|>]*\^+\s*$/.test(line));
  const carets = lines[at] ?? '';
  return at < 1 ? undefined : lines[at - 1]?.slice(carets.indexOf('^'), carets.lastIndexOf('^') + 1);
}

describe('a filter that is wrong: what, where, and what would work', () => {
  test.each([
    ['search-logs', 'levle = ERROR', 'levle', /\blevel\b/],
    ['search-logs', 'namespce = "payments" AND level = ERROR', 'namespce', /\bnamespace\b/],
    ['search-logs', 'level = ERROR AND custom_feild = x', 'custom_feild', /custom_field/],
    ['search-logs', 'duration > 5', 'duration', /traces/],
    ['search-traces', 'level = ERROR', 'level', /logs/],
    ['search-logs', 'pod_name IN "service-a"', undefined, /\(/],
    ['search-logs', '(level = ERROR', undefined, /\)|parenthes/],
    ['search-logs', "body = 'unfinished", undefined, /quote/],
    ['search-logs', 'level = ERROR &&& x', undefined, /AND/],
    ['search-logs', 'level = ERROR AND', undefined, /end|expected/i],
    ['search-logs', "body =~ '[a-'", undefined, /regular expression|RE2|pattern/i],
    ['search-logs', 'body LIKE', undefined, /LIKE/],
    ['search-logs', 'level ERROR', undefined, /=/],
    ['search-logs', 'namespace = NULL', undefined, /IS NULL/],
    ['search-logs', 'lower(body) = "x"', undefined, /ILIKE|=~|function/],
    ['search-logs', 'level = ERROR ORDER BY timestamp', undefined, /order/i],
    ['search-logs', 'level = ERROR LIMIT 5', undefined, /limit/i],
    ['search-logs', 'SELECT * FROM logs WHERE level = ERROR', undefined, /WHERE|condition|filter/i],
    ['search-logs', '@ = 1', undefined, /@/],
    ['search-traces', 'duration > fast', undefined, /number/i],
    ['search-logs', "timestamp > 'yesterday-ish'", undefined, /ISO|now-/],
    ['search-logs', "body =~ '(a+)\\1'", undefined, /RE2|back ?reference|regular/i],
  ])('%s %s', async (tool, filters, token, help) => {
    const { assistant, window } = running();
    const text = await toolError(assistant, tool, { ...window, filters });
    expect(text).toMatch(help);
    expect(text).toMatch(/^[\s|>]*\^/m);
    if (token !== undefined) expect(marked(text)).toBe(token);
    expect(text).not.toMatch(internal);
  });

  test('the caret is under the place in a long filter', async () => {
    const { assistant, window } = running();
    const many = Array.from({ length: 100 }, (_, i) => `body != 'value ${i}'`).join(' AND ');
    const text = await toolError(assistant, 'search-logs', {
      ...window,
      filters: `${many} AND wrokload = x AND ${many}`,
    });
    expect(marked(text)).toBe('wrokload');
    expect(text.length).toBeLessThan(2_000);
  });
});

describe('an argument that is wrong', () => {
  const analysis = { queryType: 'instant' };
  test.each([
    ['analyze-logs', { ...analysis, aggregation: { function: 'p98' } }, /p99/],
    ['analyze-logs', { ...analysis, aggregation: { function: 'median' } }, /p50/],
    ['analyze-logs', { ...analysis, aggregation: { function: 'avg' } }, /field/],
    ['analyze-logs', { ...analysis, aggregation: { function: 'avg', field: 'body_lenght' } }, /body_length/],
    ['analyze-logs', { ...analysis, groupBy: ['worklod'] }, /\bworkload\b/],
    ['analyze-traces', { ...analysis, groupBy: ['operation'] }, /operation_name/],
    ['search-logs', { fields: ['levle'] }, /\blevel\b/],
    ['search-logs', { filter: 'level = ERROR' }, /\bfilters\b/],
    ['analyze-logs', { query_typ: 'instant' }, /queryType/],
    ['analyze-logs', { queryType: 'instantly' }, /instant.*range|range.*instant/s],
    ['search-logs', { order: 'slowest' }, /newest.*oldest|oldest.*newest/s],
    ['search-logs', { format: 'xml' }, /compact.*json|json.*compact/s],
    ['get-trace-or-log-fields', { datasource: 'metrics' }, /logs.*traces|traces.*logs/s],
    ['get-trace-or-log-fields', {}, /datasource/],
    ['search-logs', { from_time: 'a while ago' }, /now-15m|ISO/],
    [
      'search-logs',
      { from_time: '2024-01-02T00:00:00Z', to_time: '2024-01-01T00:00:00Z' },
      /from_time.*to_time|before/s,
    ],
    [
      'search-logs',
      { from_time: '2024-01-02T00:00:00Z', to_time: '2024-01-02T00:00:00Z' },
      /from_time.*to_time|before/s,
    ],
    ['analyze-logs', { queryType: 'range', step: 'often' }, /30s|5m/],
    ['analyze-logs', { queryType: 'range', step: '0s' }, /step/],
    ['search-logs', { limit: 'ten' }, /limit/],
    ['search-logs', { fields: 5 }, /fields/],
  ])('%s %j', async (tool, args, help) => {
    const { assistant, window } = running();
    const text = await toolError(assistant, tool, { ...window, ...args });
    expect(text).toMatch(help);
    expect(text).not.toMatch(internal);
    expect(text).not.toMatch(/invalid_type|ZodError|"code":/);
  });

  test('an unknown tool is an error of the protocol, not of a tool', async () => {
    await expect(running().assistant.call('search-everything', {})).rejects.toThrow(/search-everything/);
  });
});

describe('an answer without rows says why', () => {
  test('how many records each part of the filter keeps out', async () => {
    const { assistant, window } = running();
    const { matched, notes } = await search(assistant, 'search-logs', {
      ...window,
      filters: 'namespace = "payments" AND level = DEBUG',
    });
    expect(matched).toBe(0);
    // Without the first term one record is left, without the second four.
    expect(notes.join('\n')).toMatch(/namespace[^\n]*\b1\b/);
    expect(notes.join('\n')).toMatch(/level[^\n]*\b4\b/);
  });

  test('the nearest values that exist', async () => {
    const { assistant, window } = running();
    for (const [tool, filters, nearest] of [
      ['search-logs', 'namespace = "paymets"', 'payments'],
      ['search-logs', "pod_name = 'service-c'", 'service-a'],
      ['search-traces', 'service = "chekout" AND status = error', 'checkout'],
    ] as const) {
      expect(await compact(assistant, tool, { ...window, filters })).toContain(nearest);
    }
  });

  test('a window before all data', async () => {
    const { assistant } = running();
    const old = { from_time: '2001-01-01T00:00:00Z', to_time: '2001-01-02T00:00:00Z' };
    expect((await search(assistant, 'search-logs', old)).matched).toBe(0);
    expect(await compact(assistant, 'search-logs', old)).toMatch(/\b0 of 0\b|no (log|record|row)/i);
  });
});
