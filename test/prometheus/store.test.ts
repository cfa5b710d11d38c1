import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseQuery } from '../../src/promql/parser.ts';
import type { MetricStore, PromqlQuery } from '../../src/store/metrics/metric-store.ts';
import { InputError } from '../../src/telemetry/input-error.ts';
import type { Limits, Scope } from '../../src/telemetry/scope.ts';
import { limitedTo } from '../support/scope.ts';
import type { StoreName } from './binaries.ts';
import { expressions, prometheusExpressions } from './expressions.ts';
import { comparable, evaluateInMemory, type Times } from './oracle.ts';
import { end, minute, namespaces, sampleSeries, start, visibleSeries } from './samples.ts';
import { openTarget, type Target } from './target.ts';

const everything = limitedTo();
const visible = ['shop', 'cart'];
const limited = limitedTo({ namespaces: visible });

const speedOf: readonly string[] = namespaces;

const instant: Times = { start: end, end, step: 0 };
const range: Times = { start: end - 10 * minute, end, step: 2 * minute };

function queryOf(text: string, times: Times): PromqlQuery {
  return { text, expr: parseQuery(text), ...times };
}

describe.each<StoreName>(['prometheus', 'victoria-metrics'])('%s', (name) => {
  let whole: Target;
  let part: Target;
  let store: MetricStore;
  const isPrometheus = name === 'prometheus';
  beforeAll(async () => {
    whole = await openTarget(name, 'whole', sampleSeries);
    part = await openTarget(name, 'part', () => visibleSeries(visible));
    store = whole.store;
  }, 600_000);
  afterAll(async () => {
    await whole?.close();
    await part?.close();
  });

  describe('evaluates', () => {
    test('an instant query', async () => {
      const { type, result } = await store.evaluate(
        queryOf('sum by (namespace) (rate(http_requests_total{code="200"}[5m]))', instant),
        { scope: everything },
      );
      if (type !== 'vector') throw new Error(type);
      const values = result.map(({ labels, value }) => [labels.toObject(), Number(value.toPrecision(12))]);
      // Two pods of a namespace grow by 100 n and 200 n every 15 s.
      const expected = namespaces.map((namespace, n) => [{ namespace }, (300 * (n + 1)) / 15]);
      expect(new Set(values)).toEqual(new Set(expected));
    });

    test('a range query, ordered by labels', async () => {
      const query = queryOf('max by (namespace) (memory_bytes)', range);
      const { type, result } = await store.evaluate(query, { scope: everything });
      if (type !== 'matrix') throw new Error(type);
      expect(result.map(({ labels }) => labels.get('namespace'))).toEqual([...namespaces].sort());
      const times = [0, 1, 2, 3, 4, 5].map((i) => range.start + i * range.step);
      for (const { labels, timestamps, values } of result) {
        const speed = 2 * (1 + speedOf.indexOf(labels.get('namespace')));
        expect([...timestamps]).toEqual(times);
        expect([...values]).toEqual(times.map((time) => 1e9 * speed + 1e6 * (((time - start) / 15_000) % 7)));
      }
    });

    test('times that are no multiples of the step, where they were asked', async () => {
      const odd = { start: end - 50 * minute + 5_000, end: end - minute, step: 30_000 };
      const { type, result } = await store.evaluate(queryOf('count(up)', odd), { scope: everything });
      if (type !== 'matrix') throw new Error(type);
      const [series] = result;
      expect(series?.timestamps[0]).toBe(odd.start);
      expect(series?.timestamps.length).toBe(98);
    });

    test('numbers that are none, and infinite ones', async () => {
      const { type, result } = await store.evaluate(queryOf('odd_values', instant), { scope: everything });
      if (type !== 'vector') throw new Error(type);
      const byNamespace = new Map(result.map(({ labels, value }) => [labels.get('namespace'), value]));
      expect(byNamespace.get('cart')).toBe(Number.POSITIVE_INFINITY);
      expect(byNamespace.get('shop.eu')).toBe(Number.NEGATIVE_INFINITY);
      // VictoriaMetrics stores no NaN.
      expect(byNamespace.get('shop')).toBe(isPrometheus ? Number.NaN : undefined);
    });

    test.each([
      ['1 + 1', { type: 'scalar', result: 2 }],
      ['("text")', { type: 'string', result: 'text' }],
    ])('%s as what it is', async (text, expected) => {
      expect(await store.evaluate(queryOf(text, instant), { scope: everything })).toMatchObject(expected);
    });

    test('an instant range selector', async () => {
      const query = queryOf('cart_only[2m] offset 40m', instant);
      const { type, result } = await store.evaluate(query, { scope: everything });
      if (type !== 'matrix') throw new Error(type);
      const [series] = result;
      const last = end - 40 * minute;
      expect(result).toHaveLength(1);
      expect([...(series?.values ?? [])].every((value) => value === 7)).toBe(true);
      expect(series?.timestamps.at(-1)).toBe(last);
    });
  });

  const every = isPrometheus ? [...expressions, ...prometheusExpressions] : expressions;
  if (isPrometheus) {
    test.each(every)('evaluates %s as we do', async (text) => {
      for (const times of [instant, range]) {
        const theirs = await store.evaluate(queryOf(text, times), { scope: everything });
        expect(comparable(theirs)).toEqual(comparable(await evaluateInMemory(sampleSeries(), text, times)));
      }
    });
  }

  describe('shows a key with limits what it may see, and nothing else', () => {
    test.each(every)('%s', async (text) => {
      for (const times of [instant, range]) {
        const query = queryOf(text, times);
        const theirs = await store.evaluate(query, { scope: limited });
        const alone = await part.store.evaluate(query, { scope: everything });
        expect(comparable(theirs)).toEqual(comparable(alone));
      }
    });

    test('info() without labels is refused', async () => {
      await expect(store.evaluate(queryOf('info(up)', instant), { scope: limited })).rejects.toThrow(
        'info() must name the labels to add',
      );
    });

    test('both lists hold; an empty one hides all', async () => {
      const count = async (limits: Limits): Promise<unknown> => {
        const answer = await store.evaluate(queryOf('count(up)', instant), { scope: limitedTo(limits) });
        return answer.type === 'vector' ? answer.result[0]?.value : undefined;
      };
      expect(await count({ clusters: ['east'], namespaces: ['shop', 'cart'] })).toBe(2);
      expect(await count({ clusters: ['east'] })).toBe(4);
      expect(await count({ namespaces: ['shop.e'] })).toBe(undefined);
      expect(await count({ namespaces: [] })).toBe(undefined);
      expect(await count({ namespaces: ['shop.eu', 'shop'], clusters: [] })).toBe(undefined);
    });
  });

  describe('lists', () => {
    const selection = { selectors: [], limit: 100 };

    test('metrics by keywords, in any case', async () => {
      const names = async (keywords: readonly string[], limit: number, scope = everything) => {
        const { metrics, ...rest } = await store.listMetrics({ keywords, limit }, { scope });
        return { ...rest, names: metrics.map((metric) => metric.name) };
      };
      const all = { matchedIsLowerBound: false };
      expect(await names(['BYTES'], 10)).toEqual({
        ...all,
        matched: isPrometheus ? 2 : 1,
        names: isPrometheus ? ['memory_bytes', 'size_bytes'] : ['memory_bytes'],
      });
      expect(await names(['tot', 'Http'], 10)).toEqual({
        ...all,
        matched: 1,
        names: ['http_requests_total'],
      });
      expect(await names(['.'], 10)).toEqual({ ...all, matched: 0, names: [] });
      const first = await names([], 2);
      expect(first).toEqual({
        ...all,
        matched: isPrometheus ? 9 : 8,
        names: ['cart_only', 'http_requests_total'],
      });
      expect((await names(['only'], 10, limitedTo({ namespaces: ['shop'] }))).names).toEqual([]);
      expect((await names(['node'], 10, limited)).names).toEqual([]);
    });

    test('a metric with its labels', async () => {
      const request = { name: 'http_requests_total', exampleValues: 2 };
      const described = await store.describeMetric(request, { scope: everything });
      expect(described).toMatchObject({ name: 'http_requests_total', series: 12 });
      expect(described?.labels.map((label) => [label.name, label.valuesTotal, label.exampleValues])).toEqual([
        ['cluster', 2, ['east', 'west']],
        ['code', 2, ['200', '500']],
        ['instance', 6, ['00', '01']],
        ['job', 1, ['app']],
        ['namespace', 3, ['cart', 'shop']],
        ['pod', 6, ['cart-a', 'cart-b']],
      ]);
      const seen = await store.describeMetric(request, { scope: limitedTo({ namespaces: ['shop'] }) });
      expect(seen?.series).toBe(4);
      expect(seen?.labels.find((label) => label.name === 'namespace')?.exampleValues).toEqual(['shop']);
      expect(
        await store.describeMetric({ ...request, name: 'node_load1' }, { scope: limited }),
      ).toBeUndefined();
    });

    test('what has samples in a range', async () => {
      const day = 24 * 60 * minute;
      const before = { from: start - 3 * day, to: start - 2 * day };
      const during = { from: start, to: end };
      const request = { name: 'up', exampleValues: 1 };
      expect(
        await store.describeMetric({ ...request, range: before }, { scope: everything }),
      ).toBeUndefined();
      expect((await store.describeMetric({ ...request, range: during }, { scope: everything }))?.series).toBe(
        6,
      );
      const values = await store.labelValues('pod', { ...selection, range: before }, { scope: everything });
      expect(values).toEqual({ items: [], truncated: false });
    });

    test('series, label names and values, cut to a limit', async () => {
      const up = [[{ label: '__name__', op: '=', value: 'up' }]] as const;
      const series = await store.series({ selectors: up, limit: 4 }, { scope: everything });
      expect(series.truncated).toBe(true);
      expect(series.items.map((labels) => labels.get('instance'))).toEqual(['00', '01', '20', '21']);
      const of = await store.series({ selectors: up, limit: 100 }, { scope: limited });
      expect(of.items.map((labels) => labels.get('pod')).sort()).toEqual([
        'cart-a',
        'cart-b',
        'shop-a',
        'shop-b',
      ]);
      const names = await store.labelNames({ selectors: [], limit: 3 }, { scope: everything });
      expect(names).toEqual({ items: ['__name__', 'cluster', 'code'], truncated: true });
      const ofNodes = [[{ label: 'node', op: '!=', value: '' }]] as const;
      expect(await store.labelNames({ selectors: ofNodes, limit: 9 }, { scope: everything })).toEqual({
        items: ['__name__', 'node'],
        truncated: false,
      });
      expect(await store.labelValues('namespace', selection, { scope: everything })).toEqual({
        items: ['cart', 'shop', 'shop.eu'],
        truncated: false,
      });
    });

    test('nothing that a key may not see', async () => {
      const options = { scope: limited };
      expect((await store.labelValues('namespace', selection, options)).items).toEqual(['cart', 'shop']);
      expect((await store.labelNames(selection, options)).items).not.toContain('node');
      expect((await store.labelValues('node', selection, options)).items).toEqual([]);
      const other = [[{ label: 'namespace', op: '=', value: 'shop.eu' }]] as const;
      expect((await store.series({ selectors: other, limit: 9 }, options)).items).toEqual([]);
      expect((await store.series(selection, { scope: limitedTo({ namespaces: [] }) })).items).toEqual([]);
      expect(
        (await store.labelValues('pod', selection, { scope: limitedTo({ clusters: [] }) })).items,
      ).toEqual([]);
      const both = [...other, [{ label: '__name__', op: '=', value: 'cart_only' }]] as const;
      expect((await store.series({ selectors: both, limit: 9 }, options)).items).toHaveLength(1);
    });

    test('values of a label whose name is not plain', async () => {
      const odd = await store.labelValues('a.b/c', selection, { scope: everything });
      expect(odd).toEqual({ items: [], truncated: false });
    });
  });

  describe('says what is wrong', () => {
    test('with series that meet more than once', async () => {
      const failed = store.evaluate(queryOf('up * on (job) up', instant), { scope: limited });
      await expect(failed).rejects.toThrow(InputError);
      await expect(failed).rejects.toThrow(
        isPrometheus
          ? /found duplicate series for the match group .*matching labels must be unique on one side/
          : /duplicate time series on the left side of \* on\(job\)/,
      );
      await expect(failed).rejects.not.toThrow(/shop\.eu|=~/);
    });

    if (isPrometheus) {
      test('with places of the text that the client wrote', async () => {
        const text = 'rate(up[5m])\n  + rate(memory_bytes[5m]) > quantile(2, up)';
        const notes = async (scope: Scope) => {
          const { warnings, infos } = await store.evaluate(queryOf(text, instant), { scope });
          return { warnings, infos: [...infos].sort() };
        };
        const expected = await evaluateInMemory(sampleSeries(), text, instant);
        expect(expected.infos).toHaveLength(2);
        for (const scope of [everything, limited]) {
          expect(await notes(scope)).toEqual({
            warnings: expected.warnings,
            infos: [...expected.infos].sort(),
          });
        }
      });
    } else {
      test('with functions and syntax that a store lacks', async () => {
        const evaluated = (text: string) => store.evaluate(queryOf(text, instant), { scope: limited });
        await expect(evaluated('info(up, {version=~".+"})')).rejects.toThrow(
          new InputError('The metrics store has no info(). Write the query without it.'),
        );
        await expect(evaluated('rate(up[1m + 1m])')).rejects.toThrow(
          /does not understand this query.* It uses duration expressions: a store may lack that/,
        );
      });
    }
  });
});
