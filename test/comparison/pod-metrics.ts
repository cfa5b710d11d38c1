import type { Limits } from '../../src/access/principal.ts';
import { createQueries } from '../../src/query/create-queries.ts';
import { Cursors } from '../../src/query/cursor.ts';
import type { MetricStore } from '../../src/store/metrics/metric-store.ts';
import type { MetricType } from '../../src/store/rows/metric-record.ts';
import type { Store } from '../../src/store/store.ts';
import { clock } from '../support/metric-queries.ts';
import { Draws, randomOf } from './random.ts';

const second = 1000;
const minute = 60 * second;

/** 12 minutes with a fault after four, and 12 calm ones half an hour before; ms since the epoch. */
export const window = { from: clock - 20 * minute, to: clock - 8 * minute };
const fault = window.from + 4 * minute;
export const baseline = { from: window.from - 30 * minute, to: window.from - 18 * minute };
const scrape = 15 * second;

export interface PodSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly type: MetricType;
  readonly samples: { readonly timestamp: number; readonly value: number }[];
}

/**
 * What Prometheus scrapes of eight pods of the shop and two of the bank, with noise of 5 %: from the fault on, `cart`
 * takes three times the CPU, is throttled, and starts anew once, which sets its counters back; the memory of the
 * bank's `ledger` doubles. Scrapes are spread over the interval.
 */
export function podMetricSeries(): PodSeries[] {
  const draws = new Draws(randomOf(7));
  const pods = [
    ...Array.from({ length: 7 }, (_, i) => ({ namespace: 'shop', pod: `web-${i}` })),
    { namespace: 'shop', pod: 'cart-7c9d8bcdf-x2x4z' },
    { namespace: 'bank', pod: 'ledger-0' },
    { namespace: 'bank', pod: 'audit-0' },
  ];
  return pods.flatMap(({ namespace, pod }, number) => {
    const [isCart, isLedger] = [pod.startsWith('cart'), pod.startsWith('ledger')];
    const times: number[] = [];
    const first = baseline.from - 5 * minute + number * 1300;
    for (let time = first; time < window.to + minute; time += scrape) times.push(time);
    const gauge = (value: (time: number) => number) =>
      times.map((timestamp) => ({ timestamp, value: value(timestamp) }));
    const counter = (perSecond: (time: number) => number, began?: number) => {
      let total = 0;
      return times.map((timestamp) => {
        if (began !== undefined && timestamp >= began && timestamp < began + scrape) total = 0;
        total += perSecond(timestamp) * (scrape / second);
        return { timestamp, value: total };
      });
    };
    const cadvisor = { job: 'cadvisor', namespace, pod, container: 'app', id: `/kubepods/${number}` };
    const of = (type: MetricType, name: string, labels: object, samples: PodSeries['samples']) => ({
      type,
      labels: { __name__: name, ...labels },
      samples,
    });
    const restarts = gauge((time) => (isCart && time >= fault + 2 * minute ? 1 : 0));
    const states = { job: 'ksm', namespace, pod: 'kube-state-metrics-0', exported_pod: pod };
    return [
      of(
        'counter',
        'container_cpu_usage_seconds_total',
        cadvisor,
        counter(
          (time) => 0.2 * draws.logNormal(0.05) * (isCart && time >= fault ? 3 : 1),
          isCart ? fault : undefined,
        ),
      ),
      of(
        'counter',
        'container_cpu_cfs_throttled_periods_total',
        cadvisor,
        counter((time) => (isCart && time >= fault ? 6 : 0.5) * draws.logNormal(0.05)),
      ),
      of(
        'gauge',
        'container_memory_working_set_bytes',
        cadvisor,
        gauge((time) => 2e8 * draws.logNormal(0.05) * (isLedger && time >= fault ? 2 : 1)),
      ),
      of('counter', 'kube_pod_container_status_restarts_total', { ...states, container: 'app' }, restarts),
      of(
        'histogram',
        'http_duration_seconds_bucket',
        { ...cadvisor, le: '1' },
        counter((time) => (time < fault ? 1 : 9)),
      ),
      of(
        'histogram',
        'http_duration_seconds_count',
        cadvisor,
        counter((time) => (time < fault ? 1 : 9)),
      ),
    ];
  });
}

/** Where the fault shows, by the hand that made it; minutes from the window's start. */
export const faults = [
  ['cart cart-7c9d8bcdf-x2x4z container_cpu_cfs_throttled_periods_total{container=app}', 4],
  ['cart cart-7c9d8bcdf-x2x4z container_cpu_usage_seconds_total{container=app}', 4],
  ['ledger ledger-0 container_memory_working_set_bytes{container=app}', 4],
  ['cart cart-7c9d8bcdf-x2x4z kube_pod_container_status_restarts_total{container=app}', 6],
] as const;

/** The median over the minutes of a time of what the counter of a pod rose by a second, from its samples. */
export function medianRate(pod: string, name: string, { from, to }: { from: number; to: number }): number {
  const [series] = podMetricSeries().filter(({ labels }) => labels.pod === pod && labels.__name__ === name);
  const lastBefore = (time: number) => series?.samples.findLast(({ timestamp }) => timestamp < time);
  const rates: number[] = [];
  for (let time = from; time < to; time += minute) {
    const [a, b] = [lastBefore(time), lastBefore(time + minute)];
    if (a === undefined || b === undefined) throw new Error('there are no samples');
    const rise = b.value < a.value ? b.value : b.value - a.value;
    rates.push(rise / ((b.timestamp - a.timestamp) / second));
  }
  rates.sort((a, b) => a - b);
  return ((rates[rates.length / 2 - 1] ?? 0) + (rates[rates.length / 2] ?? 0)) / 2;
}

/** What a comparison of the two times tells of the metrics of a store, and its notes; there are no spans and logs. */
export async function metricsCompared(
  store: Store,
  metrics: MetricStore,
  request: object = {},
  limits: Limits = {},
) {
  const queries = createQueries({
    store,
    metrics,
    now: () => BigInt(clock) * 1_000_000n,
    cursors: new Cursors(Buffer.alloc(32)),
  });
  const at = (ms: number) => new Date(ms).toISOString();
  const { changes, series, notes } = await queries.compareWindows(
    {
      fromTime: at(window.from),
      toTime: at(window.to),
      baselineFrom: at(baseline.from),
      baselineTo: at(baseline.to),
      ...request,
    },
    {
      principal: { keyId: 'k1', name: 'tests', roles: ['query'], limits },
      signal: new AbortController().signal,
    },
  );
  const told = changes.map(({ workload, pod, subject, before, after, samples, onset }) => ({
    at: `${workload} ${pod} ${subject}`,
    before: Number(before.toPrecision(9)),
    after: Number(after.toPrecision(9)),
    samples,
    minutes: (Number(onset / 1_000_000n) - window.from) / minute,
  }));
  return { told, series, notes };
}
