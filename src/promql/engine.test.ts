import { describe, expect, test } from 'vitest';
import { InputError } from '../telemetry/input-error.ts';
import type { Matcher } from './ast.ts';
import { type EvaluateOptions, evaluate, evaluateParsed, type QueryResult } from './engine.ts';
import { Labels } from './labels.ts';
import { MemorySource } from './memory-source.ts';
import { parseQuery } from './parser.ts';
import { seriesSet } from './series-set.ts';
import type { SelectHints, SeriesSet, SeriesSource, TimeRange } from './series-source.ts';
import { markStale, StaleMarkers } from './staleness.ts';

const MINUTE = 60_000;

/** Three series of a counter, a sample each 15 s for an hour. */
function counters(): MemorySource {
  const source = new MemorySource();
  for (const pod of ['a', 'b', 'c']) {
    const samples = Array.from({ length: 241 }, (_, i) => ({ timestamp: i * 15_000, value: i }));
    source.add(Labels.from({ __name__: 'requests_total', pod, job: pod === 'c' ? 'web' : 'api' }), samples);
  }
  return source;
}

/** A source that tells what it was asked for. */
function watched(source: SeriesSource): SeriesSource & {
  readonly asked: { matchers: readonly Matcher[]; range: TimeRange; hints: SelectHints }[];
} {
  const asked: { matchers: readonly Matcher[]; range: TimeRange; hints: SelectHints }[] = [];
  return {
    asked,
    select: (matchers, range, hints, signal) => {
      asked.push({ matchers, range, hints });
      return source.select(matchers, range, hints, signal);
    },
  };
}

function instant(
  query: string,
  source: SeriesSource,
  options: Partial<EvaluateOptions> = {},
): Promise<QueryResult> {
  return evaluate(query, { source, start: 30 * MINUTE, end: 30 * MINUTE, step: 0, ...options });
}

function range(
  query: string,
  source: SeriesSource,
  options: Partial<EvaluateOptions> = {},
): Promise<QueryResult> {
  return evaluate(query, { source, start: 0, end: 60 * MINUTE, step: MINUTE, ...options });
}

const longLabel = `label_replace(requests_total, "a", "${'b'.repeat(5_000)}", "", "")`;

function nested(depth: number, wrap: (inner: string) => string): string {
  return depth === 0 ? longLabel : wrap(nested(depth - 1, wrap));
}

async function failure(result: Promise<unknown>): Promise<InputError> {
  const error = await result.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof InputError)) throw new Error(`no InputError: ${String(error)}`);
  return error;
}

describe('a result', () => {
  test('has the type of the expression', async () => {
    const source = counters();
    expect(await instant('1 + 2', source)).toEqual({ type: 'scalar', result: 3, warnings: [], infos: [] });
    expect(await instant('"a"', source)).toMatchObject({ type: 'string', result: 'a' });
    const vector = await instant('sum by (job) (rate(requests_total[5m]))', source);
    if (vector.type !== 'vector') throw new Error(vector.type);
    expect(vector.result.map(({ labels, value }) => [`${labels}`, value])).toEqual([
      ['{job="api"}', 2 / 15],
      ['{job="web"}', 1 / 15],
    ]);
  });

  test('of a range query is a matrix ordered by labels, from the first step to the last', async () => {
    const result = await range('-requests_total', counters(), { end: 2.5 * MINUTE });
    if (result.type !== 'matrix') throw new Error(result.type);
    expect(result.result.map(({ labels }) => labels.get('pod'))).toEqual(['a', 'b', 'c']);
    expect([...(result.result[0]?.timestamps ?? [])]).toEqual([0, MINUTE, 2 * MINUTE]);
    expect([...(result.result[0]?.values ?? [])]).toEqual([-0, -4, -8]);
  });

  test('of a range vector has the samples after its start up to its end', async () => {
    const result = await instant('requests_total{pod="a"}[45s]', counters());
    if (result.type !== 'matrix') throw new Error(result.type);
    expect([...(result.result[0]?.timestamps ?? [])]).toEqual([1_770_000, 1_785_000, 1_800_000]);
  });

  test('of a scalar in a range query is a series without labels', async () => {
    const result = await range('time()', counters(), { end: MINUTE });
    expect(result).toMatchObject({ type: 'matrix', result: [{ labels: Labels.EMPTY }] });
  });
});

describe('a selector', () => {
  test('looks back, not quite as far as the limit', async () => {
    const source = new MemorySource();
    source.add(Labels.from({ __name__: 'a' }), [{ timestamp: 0, value: 1 }]);
    const at = async (time: number): Promise<number> => {
      const { result } = await evaluate('a', { source, start: time, end: time, step: 0, lookback: 1000 });
      return Array.isArray(result) ? result.length : -1;
    };
    expect([await at(-1), await at(0), await at(999), await at(1000)]).toEqual([0, 1, 1, 0]);
  });

  test('has nothing after a stale marker, which is no other NaN', async () => {
    const source = new MemorySource();
    source.add(Labels.from({ __name__: 'a' }), [
      { timestamp: 0, value: 1 },
      { timestamp: MINUTE, value: Number.NaN },
      { timestamp: 2 * MINUTE, value: 0, stale: true },
      { timestamp: 4 * MINUTE, value: 4 },
    ]);
    const result = await range('a', source, { end: 5 * MINUTE });
    if (result.type !== 'matrix') throw new Error(result.type);
    expect([...(result.result[0]?.timestamps ?? [])]).toEqual([0, MINUTE, 4 * MINUTE, 5 * MINUTE]);
    expect([...(result.result[0]?.values ?? [])]).toEqual([1, Number.NaN, 4, 4]);
    const counted = await range('count_over_time(a[10m])', source, { start: 5 * MINUTE, end: 5 * MINUTE });
    expect(counted).toMatchObject({ result: [{ values: Float64Array.of(3) }] });
  });

  test('is read once with others that have the same matchers and overlapping times', async () => {
    const source = watched(counters());
    const query = 'rate(requests_total{job="api"}[5m]) / requests_total{job="api"} + requests_total';
    await range(query, source);
    expect(source.asked.map(({ matchers }) => matchers.length)).toEqual([2, 1]);
    expect(source.asked[0]?.range).toEqual({ from: -5 * MINUTE + 1, to: 60 * MINUTE });
    await range('requests_total - requests_total offset 1w', source);
    expect(source.asked.length).toBe(4);
  });

  test('asks for the times that it needs', async () => {
    const cases: [string, number, number][] = [
      ['a', -5, 60],
      ['a offset 10m', -15, 50],
      ['a @ 600', 5, 10],
      ['rate(a[2m] offset 1m)', -3, 59],
      ['rate(a[2m] anchored)', -7, 60],
      ['rate(a[2m] smoothed)', -7, 65],
      ['sum_over_time(a[10m:1m])', -14, 60],
      ['sum_over_time(a[10m:1m] @ end() offset 5m)', 41, 55],
    ];
    for (const [query, from, to] of cases) {
      const source = watched(new MemorySource());
      await range(query, source);
      // Ranges are open at their start; a subquery's first step is after its start.
      expect([query, source.asked[0]?.range]).toEqual([query, { from: from * MINUTE + 1, to: to * MINUTE }]);
    }
  });
});

describe('all steps at once', () => {
  const queries = [
    'mixed',
    'sum by (x) (gauge)',
    'avg(mixed)',
    'topk(2, gauge)',
    'bottomk by (x) (1, gauge)',
    'quantile(scalar(min(gauge)) / 10, gauge)',
    'count_values("v", round(gauge))',
    'stddev by (y) (gauge)',
    'gauge > 5',
    'gauge > bool on (x, y) group_left () other',
    'gauge + on (x, y) other',
    'gauge + on (x, y) fill (1) other',
    'gauge and on (x) (other > 3)',
    'gauge or other',
    'gauge unless on (x, y) other',
    'rate(counter_total[3m])',
    'increase(counter_total[4m] anchored)',
    'delta(gauge[2m] smoothed)',
    'resets(mixed[5m])',
    'changes(gauge[3m])',
    'quantile_over_time(0.7, gauge[4m])',
    'max_over_time(gauge[90s])',
    'stddev_over_time(gauge[5m])',
    'predict_linear(gauge[5m], 60)',
    'sum_over_time(mixed[2m])',
    'last_over_time(mixed[4m])',
    'absent(gauge > 100)',
    'absent_over_time(gauge{x="0",y="p"}[1m])',
    'max_over_time(sum by (x) (gauge)[5m:30s])',
    'rate(counter_total[2m] @ 600) * on (x, y) gauge',
    'timestamp(gauge)',
    'label_replace(gauge, "z", "$1", "x", "(.*)")',
    'histogram_quantile(0.9, mixed)',
    'histogram_sum(mixed) + on (x, y) histogram_count(mixed)',
    'mixed * 2',
    '-mixed',
    'hour(gauge * 1000)',
    'clamp(gauge, 2, time() / 300)',
    'scalar(sum(gauge)) + gauge',
  ];

  test.each(queries)('%s gives what each step gives alone', async (query) => {
    const source = await scripted();
    const grid = { start: 0, end: 20 * MINUTE, step: 47_000 };
    const whole = await evaluate(query, { source, ...grid });
    if (whole.type !== 'matrix') throw new Error(whole.type);
    const together = new Map<string, unknown>();
    for (const { labels, timestamps, values, histograms } of whole.result) {
      timestamps.forEach((time, i) => {
        together.set(`${labels}@${time}`, histograms?.[i] ?? values[i]);
      });
    }
    const alone = new Map<string, unknown>();
    for (let time = grid.start; time <= grid.end; time += grid.step) {
      const single = await evaluate(query, { source, start: time, end: time, step: 0 });
      if (single.type !== 'vector') throw new Error(single.type);
      for (const { labels, value, histogram } of single.result) {
        alone.set(`${labels}@${time}`, histogram ?? value);
      }
    }
    expect(together.size).toBeGreaterThan(0);
    expect(Object.fromEntries(together)).toEqual(Object.fromEntries(alone));
  });
});

/** Series with gaps, stale markers, resets and histograms, the same each time. */
async function scripted(): Promise<SeriesSource> {
  const { runScript } = await import('./promqltest/runner.ts');
  const { memoryStore } = await import('./promqltest/store.ts');
  const store = memoryStore();
  const outcomes = await runScript(
    `load 30s
  gauge{x="0",y="p"} 1 5 3 _ 8 2 9 stale 4 1 0 7 7 7 _ _ 3 2 9 10 1 5 3 2 8 2 9 1 4 1 0 7 7 7 9 8 3 2 9 10
  gauge{x="0",y="q"} _ _ 4 4 4 6 2x10 stale 9-1x8 5x12
  gauge{x="1",y="p"} 3+1x6 stale _x9 9 8 7 6 5 4 3 2 1 0x14
  other{x="0",y="p"} 5 _ 5 6 7 8 stale _x12 1+1x20
  other{x="1",y="p"} 2x4 stale 4x10 NaN 5x20
  counter_total{x="0",y="p"} 0+3x10 1+4x8 0 0 5+2x15
  counter_total{x="1",y="p"} _x5 10+7x5 stale 3+1x20
  mixed{x="0",y="p"} {{schema:0 count:3 sum:4 buckets:[1 2]}}x5 3 4 5 {{schema:0 count:6 sum:9 buckets:[2 4]}}x15
  mixed{x="1",y="p"} {{schema:1 count:5 sum:4 buckets:[1 2 2]}}+{{schema:1 count:1 sum:1 buckets:[0 1 0]}}x30
`,
    { store },
  );
  expect(outcomes).toEqual([]);
  return store.source;
}

describe('names', () => {
  const query = 'sum by (__name__) (rate({__name__=~"a_total|b_total"}[5m]))';
  const source = new MemorySource();
  for (const name of ['a_total', 'b_total']) {
    const samples = Array.from({ length: 20 }, (_, i) => ({ timestamp: (10 + i) * MINUTE, value: i }));
    source.add(Labels.from({ __name__: name }), samples);
  }

  test('are dropped at the end', async () => {
    expect((await failure(instant(query, source))).message).toBe(
      'vector cannot contain metrics with the same labelset',
    );
  });

  test('are dropped at once where that is asked for', async () => {
    const error = await failure(instant(query, source, { delayedNameRemoval: false }));
    expect(error.place).toMatchObject({ start: query.indexOf('rate'), end: query.length - 1 });
    const kept = await instant('{__name__=~"a_total|b_total"} > 1', source, { delayedNameRemoval: false });
    expect(kept.result).toHaveLength(2);
  });
});

describe('annotations', () => {
  test('point to a line and a column, each text once', async () => {
    const source = counters();
    const result = await instant('  rate(up[5m])\n + rate(requests[5m])', source);
    expect(result.infos).toEqual([]);
    source.add(Labels.from({ __name__: 'requests', pod: 'x' }), [
      { timestamp: 28 * MINUTE, value: 1 },
      { timestamp: 29 * MINUTE, value: 2 },
    ]);
    source.add(Labels.from({ __name__: 'requests', pod: 'y' }), [
      { timestamp: 28 * MINUTE, value: 1 },
      { timestamp: 29 * MINUTE, value: 2 },
    ]);
    expect((await instant('  rate(up[5m])\n + rate(requests[5m])', source)).infos).toEqual([
      'PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: "requests" (2:9)',
    ]);
  });

  test('keep their places where the parsed query was changed', async () => {
    const text = 'quantile(2, requests_total)';
    const parsed = parseQuery(text);
    if (parsed.kind !== 'aggregate' || parsed.expr.kind !== 'vectorSelector') throw new Error(parsed.kind);
    const limited: Matcher = { label: 'job', op: '=', value: 'nope' };
    const changed = { ...parsed, expr: { ...parsed.expr, matchers: [...parsed.expr.matchers, limited] } };
    const options = { source: counters(), start: MINUTE, end: MINUTE, step: 0 };
    const result = await evaluateParsed(changed, text, options);
    expect(result).toMatchObject({ result: [], warnings: [expect.stringContaining('got 2 (1:10)')] });
  });
});

describe('limits', () => {
  test.each([
    ['requests_total', { maxSeries: 2 }, '2 series'],
    ['requests_total', { maxSamples: 100 }, '100 samples'],
    ['vector(1)', { maxSteps: 60 }, '61 steps'],
    ['sum_over_time(vector(1)[1y:1ms])', {}, '50000000 samples'],
  ])('%s with %j fails', async (query, limits, message) => {
    expect((await failure(range(query, counters(), { limits }))).message).toContain(message);
  });

  test('of samples count what is held, not what was let go', async () => {
    const query = Array.from({ length: 20 }, () => 'sum(requests_total)').join(' + ');
    const result = await range(query, counters(), { limits: { maxSamples: 2000 } });
    expect(result.result).toHaveLength(1);
  });

  test('of time end a query by the clock', async () => {
    let time = 0;
    const now = (): number => {
      time += 40;
      return time;
    };
    const error = await failure(range('sum(requests_total)', counters(), { now, limits: { timeout: 100 } }));
    expect(error.message).toContain('0.1 s');
  });

  test('of time end a source that does not answer', async () => {
    const source: SeriesSource = {
      select: (_matchers, _range, _hints, signal) =>
        new Promise<SeriesSet>((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason));
        }),
    };
    expect((await failure(instant('a', source, { limits: { timeout: 5 } }))).message).toContain('0.005 s');
  });
});

describe('a cancelled query', () => {
  test('ends with the reason, and so does its reading', async () => {
    const controller = new AbortController();
    const reason = new Error('gone');
    let seen: unknown;
    const source: SeriesSource = {
      select: (_matchers, _range, _hints, signal) => {
        controller.abort(reason);
        seen = signal.reason;
        return Promise.resolve(seriesSet([]));
      },
    };
    await expect(instant('a', source, { signal: controller.signal })).rejects.toBe(reason);
    expect(seen).toBe(reason);
    await expect(instant('1', source, { signal: controller.signal })).rejects.toBe(reason);
  });

  test.each(['count_values("v", requests_total)', 'requests_total @ 60', '(requests_total @ 60) + 1'])(
    'holds no more samples in %s than it may',
    async (query) => {
      const limits = { maxSamples: 10_000 };
      await range('count(requests_total)', counters(), { limits });
      const { message } = await failure(range(query, counters(), { step: 1_000, limits }));
      expect(message).toBe(
        'The query needs more than 10000 samples at once. Select fewer series, a shorter time, or a larger step.',
      );
    },
  );

  test.each([
    ['label_join', nested(40, (inner) => `label_join(${inner}, "a", "-", "a", "a", "pod")`)],
    ['label_replace', `label_replace(${longLabel}, "a", "${'$1'.repeat(20_000)}", "a", "(.*)")`],
  ])('makes no endless labels with %s', async (_, query) => {
    const { message, place } = await failure(instant(query, counters()));
    expect(message).toBe('the values of labels that are made here have more than 50000000 characters in all');
    expect(place?.text).toBe(query);
  });

  test('lets other work of the process run in between', async () => {
    let time = 0;
    let turns = 0;
    const controller = new AbortController();
    const turn = (): void => {
      turns++;
      if (turns === 2) controller.abort(new Error('after two turns'));
      else setImmediate(turn);
    };
    setImmediate(turn);
    const now = (): number => {
      time += 30;
      return time;
    };
    const query = 'requests_total + requests_total + requests_total + requests_total';
    const running = range(query, counters(), { now, signal: controller.signal, limits: { timeout: 1e6 } });
    await expect(running).rejects.toThrow('after two turns');
  });
});

test('the stale marker is told from other NaNs by its bits', () => {
  const values = Float64Array.of(1, Number.NaN, 0, Number.NaN);
  markStale(values, 2);
  const markers = new StaleMarkers(values.subarray(1));
  expect([0, 1, 2].map((i) => markers.has(i))).toEqual([false, true, false]);
  expect(Number.isNaN(values[2])).toBe(true);
});
