import type { SentHistogram, SentSeries } from './remote-write.ts';

/** The time of the last samples, in milliseconds since the epoch; fixed, so that recorded answers stay valid. */
export const end = Date.UTC(2026, 0, 10, 12);
export const minute = 60_000;
const interval = 15_000;
/** Samples are of this hour, one each 15 s. */
export const start = end - 60 * minute;

export const namespaces = ['shop', 'cart', 'shop.eu'] as const;
const pods = ['a', 'b'] as const;

interface SampleSource {
  readonly labels: Readonly<Record<string, string>>;
  readonly at: (step: number) => { readonly value: number } | { readonly histogram: SentHistogram };
  /** Steps of which there are samples; all when absent. */
  readonly until?: number;
}

/**
 * Series of three namespaces, one of which is matched by a careless pattern of another (`shop.eu`), and one
 * series without a namespace. Counters grow evenly, so that every store computes the same rate.
 */
export function sampleSeries(): SentSeries[] {
  const steps = (end - start) / interval;
  return sources().map(({ labels, at, until = steps }) => ({
    labels,
    samples: Array.from({ length: until + 1 }, (_, step) => ({
      timestamp: start + step * interval,
      ...at(step),
    })),
  }));
}

/** Only the series that a key with limits may see. */
export function visibleSeries(visible: readonly string[]): SentSeries[] {
  return sampleSeries().filter(({ labels }) => visible.includes(labels.namespace ?? ''));
}

function sources(): SampleSource[] {
  const all: SampleSource[] = [];
  namespaces.forEach((namespace, n) => {
    pods.forEach((pod, p) => {
      const own = {
        cluster: n === 1 ? 'west' : 'east',
        namespace,
        pod: `${namespace}-${pod}`,
        job: 'app',
        instance: `${n}${p}`,
      };
      const speed = (n + 1) * (p + 1);
      all.push(
        {
          labels: { __name__: 'http_requests_total', ...own, code: '200' },
          at: (step) => ({ value: 100 * speed * step }),
        },
        {
          labels: { __name__: 'http_requests_total', ...own, code: '500' },
          at: (step) => ({ value: speed * step }),
        },
        {
          labels: { __name__: 'memory_bytes', ...own },
          at: (step) => ({ value: 1e9 * speed + 1e6 * (step % 7) }),
        },
        { labels: { __name__: 'up', ...own }, at: () => ({ value: 1 }) },
        { labels: { __name__: 'target_info', ...own, version: `1.${n}` }, at: () => ({ value: 1 }) },
        {
          labels: { __name__: 'odd_values', ...own },
          at: () => ({ value: [Number.NaN, Infinity, -Infinity][n] ?? 0 }),
        },
      );
      for (const [i, le] of ['0.1', '1', '+Inf'].entries()) {
        all.push({
          labels: { __name__: 'latency_seconds_bucket', ...own, le },
          at: (step) => ({ value: (i + 1) * 10 * speed * step }),
        });
      }
    });
    all.push({
      labels: { __name__: 'size_bytes', cluster: 'east', namespace, job: 'app' },
      at: (step) => ({
        histogram: {
          schema: 1,
          zeroThreshold: 0.001,
          zeroCount: step,
          sum: 40 * step,
          offset: 0,
          counts: [2 * step, 0, (n + 1) * step, step],
        },
      }),
    });
  });
  // Only one namespace has this, and it ends early.
  all.push({ labels: { __name__: 'cart_only', namespace: 'cart' }, at: () => ({ value: 7 }), until: 100 });
  all.push({ labels: { __name__: 'node_load1', node: 'n1' }, at: (step) => ({ value: step / 10 }) });
  all.push({ labels: { __name__: 'node_load1', node: 'n2' }, at: (step) => ({ value: step / 5 }) });
  return all;
}
