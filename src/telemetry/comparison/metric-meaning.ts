/**
 * What a metric measures, as far as its name tells: by the words that OpenTelemetry's semantic conventions and receivers,
 * cAdvisor and kube-state-metrics use, split at dots, underscores and capitals.
 */
export type Measure = 'cpu' | 'throttling' | 'memory' | 'disk' | 'network' | 'latency' | 'events' | 'other';

/** The words of `container.cpu.usage`, `container_cpu_usage_seconds_total`, `CpuUsage(m)`: lower case. */
const wordsOf = (name: string): ReadonlySet<string> =>
  new Set(
    name
      .replace(/\{.*$/s, '')
      .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
      .toLowerCase()
      .split(/[^a-z0-9]+/),
  );

const WORDS: readonly (readonly [Measure, readonly string[]])[] = [
  [
    'events',
    ['restart', 'restarts', 'oom', 'oomkill', 'oomkills', 'oomkilled', 'killed', 'evicted', 'evictions'],
  ],
  ['throttling', ['throttled', 'throttling', 'throttle', 'pressure', 'waiting', 'stall', 'stalled']],
  ['network', ['network', 'net', 'receive', 'transmit', 'tcp', 'udp']],
  ['latency', ['latency', 'latencies', 'duration', 'durations', 'rtt']],
  ['cpu', ['cpu', 'processor', 'cores']],
  ['memory', ['memory', 'mem', 'rss', 'heap', 'swap']],
  ['disk', ['disk', 'fs', 'filesystem', 'blkio', 'volume', 'io']],
];

/** Limits, requests and capacities are settings, free space falls under pressure, and caches give way: no uses. */
const NO_USE = [
  'limit',
  'limits',
  'request',
  'requests',
  'quota',
  'quotas',
  'capacity',
  'allocatable',
  'free',
  'idle',
  'available',
  'cache',
  'mapped',
];

const SHARE = ['utilization', 'utilisation', 'percent', 'ratio', 'rate'];

export function measureOf(name: string): Measure {
  const words = wordsOf(name);
  return WORDS.find(([, own]) => own.some((word) => words.has(word)))?.[0] ?? 'other';
}

/** Restarts, OOM kills and evictions: each of them is a fact worth telling. */
export const isEventCounter = (name: string): boolean => measureOf(name) === 'events';

/** Whether more of it means that a resource is short: it is used up, or what wants it has to wait. */
export function isPressure(name: string): boolean {
  const words = wordsOf(name);
  if (!['cpu', 'throttling', 'memory', 'disk'].includes(measureOf(name))) return false;
  return SHARE.some((word) => words.has(word)) || !NO_USE.some((word) => words.has(word));
}

/** Whether it is a share of a limit; `whole` is the value that stands for all of it, 1 or 100. */
export function limitShareOf(name: string): { readonly whole: number } | undefined {
  const words = wordsOf(name);
  if (!['cpu', 'memory'].includes(measureOf(name)) || !words.has('limit')) return undefined;
  if (words.has('percent')) return { whole: 100 };
  return ['utilization', 'utilisation', 'ratio'].some((word) => words.has(word)) ? { whole: 1 } : undefined;
}

/** Whether it tells that a processor was asked for more than it may give: by itself, whatever the traffic. */
export const isStarvation = (name: string): boolean =>
  measureOf(name) === 'throttling' || (measureOf(name) === 'cpu' && limitShareOf(name) !== undefined);
