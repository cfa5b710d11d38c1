import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Limits } from '../../src/access/principal.ts';
import { Labels } from '../../src/promql/labels.ts';
import type { ClickHouse } from '../../src/store/clickhouse.ts';
import type { MetricStore } from '../../src/store/metrics/metric-store.ts';
import { tableScriptStore } from '../../src/store/metrics/script-store.ts';
import { tableMetricStore } from '../../src/store/metrics/table-metric-store.ts';
import { metricTableName } from '../../src/store/schema/metric-tables.ts';
import { MemoryMetricStore, samplesFrom } from '../support/memory-metric-store.ts';
import { clock } from '../support/metric-queries.ts';
import { type MetricTools, metricTools } from '../support/metric-tools.ts';
import { startTestEngine, type TestEngine } from '../support/store.ts';

const minute = 60_000;
const start = clock - 60 * minute;

interface TestSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly perMinute: number;
}

/** What everyone with a key for the shop may see. */
const seen: readonly TestSeries[] = [
  { labels: { __name__: 'requests_total', cluster: 'eu', namespace: 'shop', pod: 'cart-0' }, perMinute: 60 },
  { labels: { __name__: 'requests_total', cluster: 'eu', namespace: 'shop', pod: 'cart-1' }, perMinute: 30 },
  {
    labels: {
      __name__: 'target_info',
      cluster: 'eu',
      namespace: 'shop',
      job: 'cart',
      instance: 'i1',
      version: 'v1',
    },
    perMinute: 0,
  },
  {
    labels: { __name__: 'jobs_total', cluster: 'eu', namespace: 'shop', job: 'cart', instance: 'i1' },
    perMinute: 6,
  },
];

/** Of another namespace, another cluster, and of neither; all names and values of it hold "vault" or 777. */
const hidden: readonly TestSeries[] = [
  {
    labels: { __name__: 'requests_total', cluster: 'eu', namespace: 'vault', pod: 'vault-0' },
    perMinute: 777,
  },
  {
    labels: { __name__: 'requests_total', cluster: 'vault', namespace: 'shop', pod: 'vault-1' },
    perMinute: 777,
  },
  { labels: { __name__: 'requests_total', pod: 'vault-2' }, perMinute: 777 },
  {
    labels: { __name__: 'vault_secrets_total', cluster: 'eu', namespace: 'vault', vault: 'a' },
    perMinute: 777,
  },
  {
    labels: {
      __name__: 'target_info',
      cluster: 'eu',
      namespace: 'vault',
      job: 'cart',
      instance: 'i1',
      vault: 'vault-9',
    },
    perMinute: 0,
  },
];

/** Of the hour before the clock, both ends included; info metrics are 1. */
function valuesOf(perMinute: number): number[] {
  return Array.from({ length: 61 }, (_, i) => (perMinute === 0 ? 1 : i * perMinute));
}

function storeOf(all: readonly TestSeries[]): MemoryMetricStore {
  const store = new MemoryMetricStore();
  for (const { labels, perMinute } of all) {
    store.add(labels, samplesFrom(start, minute, valuesOf(perMinute)));
  }
  return store;
}

/** The same in our own tables, in a database of their own. */
async function tablesOf(
  all: readonly TestSeries[],
  clickhouse: ClickHouse,
  database: string,
): Promise<MetricStore> {
  const script = await tableScriptStore({ clickhouse, database, retention: 10 * 365 * 86_400 });
  await script.add(
    all.map(({ labels, perMinute }) => ({
      labels: Labels.from(labels),
      samples: samplesFrom(start, minute, valuesOf(perMinute)),
    })),
  );
  const [series, samples] = [metricTableName('series', database), metricTableName('samples', database)];
  return tableMetricStore({ clickhouse, series, samples });
}

const limits: Limits = { clusters: ['eu'], namespaces: ['shop'] };

const expressions = [
  'requests_total',
  'requests_total{namespace="vault"}',
  'requests_total{namespace=~".*"}',
  'requests_total{namespace=~"va.*|shop"}',
  'requests_total{namespace!="shop"}',
  'requests_total{namespace!~"shop"}',
  'requests_total{namespace=""}',
  'requests_total{cluster=""}',
  '{__name__=~".+"}',
  '{namespace=~".+"}',
  '{pod=~"vault.*"}',
  '{vault=~".+"}',
  'requests_total or vault_secrets_total',
  'vault_secrets_total or requests_total',
  'requests_total and on () vault_secrets_total',
  'requests_total unless on () vault_secrets_total',
  'absent(vault_secrets_total)',
  'absent(requests_total{namespace="vault"})',
  'absent(requests_total{namespace="shop"})',
  'absent_over_time(vault_secrets_total[1h])',
  'absent_over_time(requests_total{namespace="vault"}[5m])',
  'label_replace(requests_total, "namespace", "vault-made", "namespace", ".*")',
  'label_join(requests_total, "all", "-", "namespace", "pod", "cluster")',
  'max_over_time(sum(requests_total)[30m:5m])',
  'sum_over_time((requests_total or vault_secrets_total)[10m:1m])',
  'sum(requests_total)',
  'sum by (namespace) (requests_total)',
  'sum without (pod) (requests_total)',
  'count({__name__=~".+"})',
  'count by (__name__) ({__name__=~".+"})',
  'group by (namespace, cluster) ({__name__=~".+"})',
  'count_values("v", requests_total)',
  'count_values by (namespace) ("v", requests_total)',
  'quantile(0.99, requests_total)',
  'topk(10, requests_total)',
  'bottomk(10, requests_total)',
  'limitk(10, requests_total)',
  'limit_ratio(1, requests_total)',
  'scalar(vault_secrets_total)',
  'scalar(sum(requests_total))',
  'vector(scalar(count(requests_total)))',
  'requests_total / on (cluster) group_left () count by (cluster) (requests_total)',
  'requests_total * on () group_left (vault) vault_secrets_total',
  'jobs_total * on (job, instance) group_left (vault, version) target_info',
  'info(jobs_total)',
  'info(jobs_total, {vault=~".+"})',
  'info(jobs_total, {__name__=~".+_info", version=~".+"})',
  'requests_total @ 1772364600',
  'requests_total @ end() offset 10m',
  'requests_total offset 10m',
  'rate(requests_total[5m])',
  'rate({namespace="vault"}[5m])',
  'timestamp(vault_secrets_total)',
  'sort_desc(requests_total)',
  'sum(vault_secrets_total) or vector(0)',
  'topk(scalar(count(vault_secrets_total)), requests_total)',
  'quantile_over_time(0.9, requests_total[1h])',
  'requests_total[5m]',
  'vault_secret_total',
  'vault_secrets',
  'sum(rate(vaults_secrets_total[5m]))',
  'requests_total{pod="vault-1"}',
  'requests_total{pod="vault-"}',
  'requests_total{vault="a"}',
  'requests_total{namespace="vaul"}',
  'requests_total > 40000',
  'requests_total * on (cluster) requests_total',
  'rate(vault_secrets_total[5m]) + on (pod) requests_total',
  'histogram_quantile(0.9, vault_secrets_total)',
  'sum(vault_secrets_total',
] as const;

describe.each(['memory', 'tables'] as const)(
  'a key that sees one namespace of one cluster, in %s',
  (kind) => {
    let engine: TestEngine | undefined;
    let withHidden: MetricTools;
    let without: MetricTools;

    beforeAll(async () => {
      engine = kind === 'tables' ? await startTestEngine() : undefined;
      const open = async (all: readonly TestSeries[], database: string): Promise<MetricStore> =>
        engine === undefined ? storeOf(all) : tablesOf(all, engine.clickhouse, database);
      withHidden = metricTools(await open([...seen, ...hidden], 'with_hidden'));
      without = metricTools(await open(seen, 'without'));
    });

    afterAll(() => engine?.close());

    describe.each(['instant', 'range'] as const)('%s queries', (queryType) => {
      test.each(expressions)('%s', async (promql) => {
        for (const format of ['compact', 'json']) {
          const args = { promql, queryType, format, limit: 200 };
          // Not one byte tells whether there is more: text and error are those of a store without it.
          expect(await withHidden.tell('analyze-metrics', args, limits)).toBe(
            await without.tell('analyze-metrics', args, {}),
          );
        }
      });
    });

    test.each([
      ['get-available-metrics', {}],
      ['get-available-metrics', { limit: 1 }],
      ['get-available-metrics', { keyword: 'vault' }],
      ['get-available-metrics', { keyword: 'secrets' }],
      ['get-metric-labels', { metric: 'requests_total' }],
      ['get-metric-labels', { metric: 'target_info', from_time: 'now-1h' }],
      ['get-metric-labels', { metric: 'vault_secrets_total' }],
      ['get-metric-labels', { metric: 'vault_secret_total' }],
      ['get-metric-labels', { metric: 'requests_totl' }],
    ])('%s %j', async (tool, args) => {
      for (const format of ['compact', 'json']) {
        const asked = { ...args, format };
        expect(await withHidden.tell(tool, asked, limits)).toBe(await without.tell(tool, asked, {}));
      }
    });

    test('the store does hold more, so that the comparison means something', async () => {
      const all = await withHidden.ask('analyze-metrics', { promql: '{__name__=~".+"}' });
      expect(all).toMatch(/^9 series/);
      expect(await withHidden.ask('analyze-metrics', { promql: '{__name__=~".+"}' }, limits)).toMatch(
        /^4 series/,
      );
    });
  },
);

test('a key with an empty list sees nothing', async () => {
  const tools = metricTools(storeOf([...seen, ...hidden]));
  const empty = metricTools(new MemoryMetricStore());
  for (const promql of expressions) {
    const args = { promql, format: 'json' };
    expect(await tools.tell('analyze-metrics', args, { namespaces: [] })).toBe(
      await empty.tell('analyze-metrics', args),
    );
  }
});
