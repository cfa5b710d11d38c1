import type { Limits } from '../../src/access/principal.ts';
import type { MetricStore } from '../../src/store/metrics/metric-store.ts';
import { clock, metricQueries } from '../support/metric-queries.ts';

/** A sample every 30 seconds, ms. */
const interval = 30_000;
const samples = 240;
/** Two hours before the clock, ms since the epoch. */
const start = clock - samples * interval;

interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly samples: { readonly timestamp: number; readonly value: number }[];
}

/** A value until a sample, and another one from it on. */
const by = (at: number, before: number, after: number) =>
  Array.from({ length: samples + 1 }, (_, i) => ({
    timestamp: start + i * interval,
    value: i < at ? before : after,
  }));

/** As Prometheus scrapes kube-state-metrics, of an OOM kill, a deployment that is scaled to 0, and a lost node. */
export function kubeStateMetrics(): Series[] {
  const scraped = { job: 'kube-state-metrics', instance: '10.1.2.3:8080' };
  const pod = { ...scraped, namespace: 'shop', pod: 'cart-7c9d8bcdf-x2x4z', container: 'app', uid: 'u1' };
  const reason = (text: string) => ({
    __name__: 'kube_pod_container_status_last_terminated_reason',
    ...pod,
    reason: text,
  });
  const bank = { ...scraped, namespace: 'bank', deployment: 'ledger' };
  const ready = (status: string) => ({
    __name__: 'kube_node_status_condition',
    ...scraped,
    node: 'node-1',
    condition: 'Ready',
    status,
  });
  return [
    { labels: { __name__: 'kube_pod_container_status_restarts_total', ...pod }, samples: by(200, 3, 4) },
    { labels: reason('Error'), samples: by(0, 1, 1).slice(0, 200) },
    { labels: reason('OOMKilled'), samples: by(0, 1, 1).slice(200) },
    { labels: { __name__: 'kube_deployment_spec_replicas', ...bank }, samples: by(180, 2, 0) },
    { labels: { __name__: 'kube_deployment_status_observed_generation', ...bank }, samples: by(180, 7, 8) },
    { labels: { __name__: 'kube_deployment_status_replicas_available', ...bank }, samples: by(0, 2, 2) },
    { labels: ready('true'), samples: by(190, 1, 0) },
    { labels: ready('unknown'), samples: by(190, 0, 1) },
  ];
}

/** What the query tells of the hour before the clock, with the number of the sample at which it happened. */
export async function changesTold(store: MetricStore, request: object = {}, limits: Limits = {}) {
  const { changes, notes } = await metricQueries(store).kubernetesChanges(
    { fromTime: 'now-1h', ...request },
    {
      principal: { keyId: 'k1', name: 'tests', roles: ['query'], limits },
      signal: new AbortController().signal,
    },
  );
  return {
    notes,
    changes: changes.map(({ kind, first, namespace, workload, node, reasons, paths, sources }) => ({
      at: (Number(first / 1_000_000n) - start) / interval,
      what: `${kind} ${namespace}/${workload}${node}`,
      reasons: reasons.map((one) => `${one.reason} ×${one.count}`),
      paths: paths.map(({ name, values }) => `${name} ${values.join('>')}`),
      sources,
    })),
  };
}

export const oomKill = {
  at: 200,
  what: 'oom_kill shop/cart',
  reasons: ['OOMKilled ×1'],
  paths: ['restarts 3>4'],
  sources: ['metric'],
};

/** All that they tell, in order of time. */
export const allChanges = [
  {
    at: 180,
    what: 'scaling bank/ledger',
    reasons: [],
    paths: ['generation 7>8', 'replicas 2>0'],
    sources: ['metric'],
  },
  { at: 190, what: 'node /node-1', reasons: [], paths: ['Ready >unknown'], sources: ['metric'] },
  oomKill,
];
