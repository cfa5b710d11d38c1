/** Resource attributes and the workload that they name: for every place where the rule is written. */
export interface WorkloadCase {
  readonly attributes: Readonly<Record<string, string>>;
  readonly workload: string;
}

const pods: Readonly<Record<string, string>> = {
  'payments-6f6cfc45b-h5m2n': 'payments',
  'ts-order-service-5b67c48447-mv5hb': 'ts-order-service',
  'node-exporter-x2x4z': 'node-exporter',
  'kafka-0': 'kafka',
  'kafka-12': 'kafka',
  'backup-28391040-bcdfg': 'backup',
  'api-7d9f8c6b5d-zzzzz': 'api',
  'redis-primary': 'redis-primary',
  'batch-aeiou': 'batch-aeiou',
  '-x2x4z': '-x2x4z',
  one: 'one',
  'two\nlines-0': 'two\nlines',
};

const kinds = ['cronjob', 'deployment', 'statefulset', 'daemonset', 'job'];

export const workloadCases: readonly WorkloadCase[] = [
  ...Object.entries(pods).map(([pod, workload]) => ({
    attributes: { 'k8s.pod.name': pod, 'service.name': 'billing' },
    workload,
  })),
  ...kinds.map((kind, i) => ({
    attributes: {
      ...Object.fromEntries(kinds.slice(i).map((name) => [`k8s.${name}.name`, `a-${name}`])),
      'k8s.pod.name': 'web-6f6cfc45b-h5m2n',
    },
    workload: `a-${kind}`,
  })),
  { attributes: { 'k8s.deployment.name': '', 'k8s.pod.name': 'web-0' }, workload: 'web' },
  { attributes: { 'service.name': 'billing' }, workload: 'billing' },
  { attributes: {}, workload: '' },
];
