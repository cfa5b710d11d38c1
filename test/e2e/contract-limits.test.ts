import { describe, expect, test } from 'vitest';
import { analyze, compact, count, search, toolError } from '../support/answers.ts';
import { useSampledProduct } from './sampled-product.ts';

const running = useSampledProduct();

describe('a number past its ceiling is lowered, with a note', () => {
  test.each(['search-logs', 'search-traces'])('%s shows ten rows at most', async (tool) => {
    const { assistant, window } = running();
    const { returned, matched, rows, notes } = await search(assistant, tool, { ...window, limit: 500 });
    expect([returned, rows.length]).toEqual([10, 10]);
    expect(matched).toBeGreaterThan(10);
    expect(notes.join('\n')).toMatch(/limit.*\b10\b/);
  });

  test('an analysis shows 20 groups unless asked, and 200 at most; ties are in order of labels', async () => {
    const { assistant, sample, window } = running();
    const args = { ...window, queryType: 'instant', groupBy: ['span_id'] };
    const total = sample.spans.length;
    const few = await analyze(assistant, 'analyze-traces', args);
    expect([few.groups_total, few.groups_shown, few.series.length]).toEqual([total, 20, 20]);
    expect(few.share_shown).toBeCloseTo(20 / total, 12);
    const ids = few.series.map(({ labels }) => labels.span_id ?? '');
    expect(ids).toEqual([...ids].sort());

    const many = await analyze(assistant, 'analyze-traces', { ...args, limit: 500 });
    expect(many.groups_shown).toBe(Math.min(total, 200));
    expect(many.notes.join('\n')).toMatch(/limit.*\b200\b/);
  });

  test('max_tokens', async () => {
    const { assistant, window } = running();
    const { notes } = await search(assistant, 'search-logs', { ...window, max_tokens: 1_000_000 });
    expect(notes.join('\n')).toMatch(/max_tokens.*25[, ]?000/);
  });
});

describe('a limit that can not be lowered is an error that says how to narrow', () => {
  test('eight group keys', async () => {
    const { assistant, window } = running();
    const keys = ['workload', 'namespace', 'cluster', 'pod_name', 'level', 'format', 'region', 'service'];
    const args = { ...window, queryType: 'instant' };
    const answer = await analyze(assistant, 'analyze-logs', { ...args, groupBy: keys });
    expect(Object.keys(answer.series[0]?.labels ?? {})).toEqual(keys);
    const text = await toolError(assistant, 'analyze-logs', { ...args, groupBy: [...keys, 'source'] });
    expect(text).toMatch(/\b8\b/);
  });

  test('a thousand points', async () => {
    const { assistant } = running();
    const hours = { queryType: 'range', from_time: '2024-01-01T00:00:00Z', to_time: '2024-01-01T01:00:00Z' };
    const { series } = await analyze(assistant, 'analyze-logs', { ...hours, step: '4s' });
    expect(series[0]?.points ?? []).toHaveLength(900);
    expect(await toolError(assistant, 'analyze-logs', { ...hours, step: '3s' })).toMatch(/1[, ]?000/);
  });

  test('500 terms, 50 levels, 64 KB', async () => {
    const { assistant, window, sample } = running();
    const ask = (filters: string) => count(assistant, 'analyze-logs', { ...window, filters });
    const refused = (filters: string) =>
      toolError(assistant, 'analyze-logs', { ...window, queryType: 'instant', filters });
    const terms = (n: number) => Array.from({ length: n }, () => 'body_length > 0').join(' AND ');
    const nested = (n: number) => `${'('.repeat(n)}body_length > 0${')'.repeat(n)}`;
    const long = (bytes: number) => `body != '${'x'.repeat(bytes - 10)}'`;

    for (const filters of [terms(500), nested(50), long(64 * 1024)]) {
      expect(await ask(filters)).toBe(sample.logs.length);
    }
    expect(await refused(terms(501))).toMatch(/\b500\b/);
    expect(await refused(nested(51))).toMatch(/\b50\b/);
    expect(await refused(long(64 * 1024 + 1))).toMatch(/64/);
    expect(await refused(`${'NOT '.repeat(15_000)}body = x`)).toMatch(/\b50\b/);
    expect(await refused('('.repeat(60_000))).toMatch(/\b50\b/);
  });
});

describe('the budget of tokens', () => {
  test('what is cut is said, and how to get it', async () => {
    const { assistant, window } = running();
    const args = {
      ...window,
      queryType: 'instant',
      groupBy: ['trace_id', 'span_id', 'operation_name'],
      limit: 200,
    };
    const whole = await compact(assistant, 'analyze-traces', { ...args, max_tokens: 25_000 });
    const cut = await compact(assistant, 'analyze-traces', { ...args, max_tokens: 1_500 });
    expect(cut.length).toBeLessThan(whole.length / 2);
    // A token of this text is never longer than six characters on average.
    expect(cut.length).toBeLessThan(1_500 * 6);
    expect(cut).toMatch(/max_tokens/);
  });

  test('JSON stays an object that can be read', async () => {
    const { assistant, window } = running();
    const args = {
      ...window,
      queryType: 'instant',
      groupBy: ['trace_id', 'span_id'],
      limit: 200,
      max_tokens: 1_500,
    };
    const { series, groups_shown, groups_total, notes } = await analyze(assistant, 'analyze-traces', args);
    expect(series.length).toBe(groups_shown);
    expect(groups_shown).toBeLessThan(groups_total);
    expect(notes.join('\n')).toMatch(/max_tokens/);
  });
});

describe('text that came from telemetry', () => {
  test('control characters are made visible', async () => {
    const { assistant, window } = running();
    const text = await compact(assistant, 'search-logs', { ...window, filters: "body LIKE 'first line%'" });
    expect(text).toContain('first line');
    expect(text).not.toContain('first line\nsecond line');
  });

  test('it stands between marks that differ from answer to answer', async () => {
    const { assistant, window } = running();
    const ask = () => compact(assistant, 'search-logs', { ...window, filters: "body = 'disk full'" });
    const [first, second] = [await ask(), await ask()];
    expect(first).toContain('disk full');
    expect(first).not.toBe(second);
  });
});
