import type { LogForm } from './records.ts';

export interface Cluster {
  readonly name: string;
  readonly region: string;
  /** Its part of all requests. */
  readonly weight: number;
  readonly nodes: readonly string[];
}

export const clusters: readonly Cluster[] = [
  {
    name: 'prod-eu',
    region: 'eu-west-1',
    weight: 0.5,
    nodes: [23, 87, 141].map((host) => `ip-10-0-1-${host}.eu-west-1.compute.internal`),
  },
  {
    name: 'prod-us',
    region: 'us-east-1',
    weight: 0.4,
    nodes: [12, 64, 190].map((host) => `ip-10-1-4-${host}.ec2.internal`),
  },
  { name: 'staging', region: 'eu-west-1', weight: 0.1, nodes: ['staging-node-1', 'staging-node-2'] },
];

export type WorkloadKind = 'deployment' | 'statefulset' | 'daemonset' | 'cronjob' | 'pod';

export interface Workload {
  readonly name: string;
  readonly namespace: string;
  readonly kind: WorkloadKind;
  /** OpenTelemetry's service name; several workloads can be one service. */
  readonly service: string;
  readonly container: string;
  readonly version: string;
  /** Pods in each cluster; a daemonset has one on each node. */
  readonly replicas: number;
  /** Its part of the service's requests. */
  readonly weight: number;
  readonly language: 'go' | 'java' | 'nodejs' | 'python' | 'cpp';
  readonly logForm: LogForm;
  /** Part of its requests that fail of themselves. */
  readonly errorRate: number;
  /** What a failed request says; not empty. */
  readonly errors: readonly string[];
  /** Cores and bytes. */
  readonly cpuLimit: number;
  readonly memoryLimit: number;
  /** The collector knows the pod, not who owns it. */
  readonly ownerUnknown?: true;
  /** Observed from outside, by eBPF. */
  readonly ebpf?: true;
}

const mebibyte = 1024 ** 2;

const usual = {
  kind: 'deployment',
  container: 'app',
  version: '1.8.2',
  replicas: 2,
  weight: 1,
  language: 'go',
  logForm: 'json',
  errorRate: 0.004,
  errors: ['internal error'],
  cpuLimit: 0.5,
  memoryLimit: 256 * mebibyte,
} as const satisfies Partial<Workload>;

type Given = Pick<Workload, 'name' | 'namespace'> & Partial<Workload>;

const workload = (given: Given): Workload => ({ ...usual, service: given.name, ...given });

/** The names in `default` are those of the public page's example filters, so that these find something. */
export const workloads: readonly Workload[] = [
  workload({
    name: 'web',
    namespace: 'storefront',
    container: 'nginx',
    language: 'cpp',
    logForm: 'nginx',
    errorRate: 0.001,
    errors: ['upstream prematurely closed connection while reading response header from upstream'],
  }),
  workload({
    name: 'cart',
    namespace: 'storefront',
    logForm: 'logfmt',
    errors: ['redis: connection pool timeout'],
  }),
  workload({
    name: 'catalog',
    namespace: 'storefront',
    language: 'nodejs',
    version: '4.1.0',
    errors: ["TypeError: Cannot read properties of undefined (reading 'price')", 'MongoServerSelectionError'],
  }),
  workload({
    name: 'checkout',
    namespace: 'checkout',
    version: '2.3.1',
    weight: 0.8,
    errorRate: 0.01,
    errors: ['price changed while paying', 'cart is locked by another request'],
  }),
  workload({
    name: 'checkout-canary',
    namespace: 'checkout',
    service: 'checkout',
    version: '2.4.0',
    replicas: 1,
    weight: 0.2,
    errorRate: 0.08,
    errors: ['discount service returned no currency', 'price changed while paying'],
  }),
  workload({
    name: 'payments',
    namespace: 'payments',
    language: 'java',
    version: '7.0.3',
    memoryLimit: 768 * mebibyte,
    errorRate: 0.02,
    errors: [
      'card declined: insufficient funds',
      'connection to bank.example timed out',
      'could not serialize access due to concurrent update',
    ],
  }),
  workload({
    name: 'ledger',
    namespace: 'payments',
    kind: 'statefulset',
    language: 'java',
    version: '3.2.0',
    logForm: 'text',
    memoryLimit: 1024 * mebibyte,
    errorRate: 0.003,
    errors: ['Lock wait timeout exceeded; try restarting transaction'],
  }),
  workload({
    name: 'shipping',
    namespace: 'logistics',
    replicas: 1,
    logForm: 'logfmt',
    ownerUnknown: true,
    errors: ['no carrier for this address'],
  }),
  workload({
    name: 'notifications',
    namespace: 'logistics',
    replicas: 1,
    language: 'python',
    logForm: 'text',
    errors: ['SMTP server said 451: try again later'],
  }),
  workload({
    name: 'kafka',
    namespace: 'logistics',
    kind: 'statefulset',
    container: 'broker',
    replicas: 3,
    language: 'java',
    version: '3.9.0',
    logForm: 'text',
    memoryLimit: 2048 * mebibyte,
  }),
  workload({
    name: 'reports',
    namespace: 'analytics',
    replicas: 1,
    language: 'python',
    logForm: 'text',
    version: '0.9.1',
    errorRate: 0.03,
    errors: ['MemoryError', 'query canceled due to statement timeout'],
    cpuLimit: 2,
    memoryLimit: 1024 * mebibyte,
  }),
  workload({
    name: 'sales-export',
    namespace: 'analytics',
    kind: 'cronjob',
    container: 'export',
    replicas: 0,
    language: 'python',
    errorRate: 0.1,
    errors: ['the bucket sales-exports is not reachable'],
  }),
  workload({
    name: 'kube-proxy',
    namespace: 'kube-system',
    kind: 'daemonset',
    container: 'kube-proxy',
    version: '1.33.1',
    logForm: 'klog',
    cpuLimit: 0.1,
    memoryLimit: 64 * mebibyte,
  }),
  workload({
    name: 'api-server',
    namespace: 'default',
    logForm: 'logfmt',
    errors: ['upstream timeout after 30s'],
  }),
  workload({
    name: 'auth-service',
    namespace: 'default',
    replicas: 1,
    errorRate: 0.02,
    errors: ['token signature is not valid', 'session store timeout'],
  }),
  ...['service-a', 'service-b'].map((name) =>
    workload({
      name,
      namespace: 'default',
      kind: 'pod',
      replicas: 1,
      logForm: 'text',
      errorRate: 0.02,
      ebpf: true,
      errors: ['connection reset by peer'],
    }),
  ),
];

/** The workloads of a service. */
export function workloadsOf(service: string): readonly Workload[] {
  return workloads.filter((one) => one.service === service);
}
