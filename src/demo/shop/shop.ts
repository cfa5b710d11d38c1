import type { Fault } from './faults.ts';
import { plainLine } from './log-lines.ts';
import { Measurements } from './measurements.ts';
import { entrances, operations, schedule } from './operations.ts';
import { type Pod, Pods } from './pods.ts';
import { Random } from './random.ts';
import type { Level, ShopLog, ShopRecords, ShopSpan } from './records.ts';
import { type RequestRecords, runRequest } from './requests.ts';
import { type Cluster, clusters, workloads, workloadsOf } from './workloads.ts';

export interface ShopOptions {
  /** The same seed makes the same shop. */
  readonly seed: number;
  /** ns since the epoch; rounded down to a whole minute. */
  readonly from: bigint;
  /** ns since the epoch, exclusive; rounded up to a whole minute. Absent: without end. */
  readonly to?: bigint;
  /** Requests from outside a minute, on the average of a day; each makes about ten spans. Default: 30. */
  readonly requestsPerMinute?: number;
  /** What goes wrong. Default: nothing but what always does. */
  readonly faults?: readonly Fault[];
  /** Metrics are the larger part; they can be left out. Default: true. */
  readonly metrics?: boolean;
}

export const minute = 60_000_000_000n;

/**
 * The telemetry of a shop on three Kubernetes clusters, a minute at a time, made when it is asked for. The
 * spans and logs of a minute depend on seed, volume and faults, and on nothing that was before; what metrics
 * count begins at `from`. A request that begins in a minute belongs to it with all its records, though its last
 * ones may be some seconds later.
 */
export function* makeShop(options: ShopOptions): Generator<ShopRecords, void, undefined> {
  const { seed, to, requestsPerMinute = 30, faults = [], metrics = true } = options;
  const pods = new Pods(seed);
  const measurements = new Measurements(seed, faults);
  for (let from = options.from - (options.from % minute); to === undefined || from < to; from += minute) {
    const requests = clusters.flatMap((cluster) => [
      ...visits({ seed, requestsPerMinute, faults, pods, cluster, from }),
      ...scheduledRun({ seed, faults, pods, cluster, from }),
    ]);
    const running = clusters.flatMap((cluster) => podsOf(pods, cluster, faults, from));
    const restarted = running.filter((pod) => restarts(seed, pod, from));
    const spans = requests.flatMap((request) => request.spans);
    const logs = [
      ...requests.flatMap((request) => request.logs),
      ...running.flatMap((pod) => housekeeping(seed, pod, from)),
      ...restarted.flatMap((pod) => restartLines(pod, from)),
    ];
    const end = from + minute;
    if (metrics) {
      for (const pod of restarted) measurements.restart(pod, from + minute / 2n);
      for (const request of requests) measurements.observe(request.spans, request.work);
    }
    yield {
      from,
      to: end,
      spans: spans.sort(byStart),
      logs: logs.sort(byTime),
      metrics: metrics ? measurements.scrape(running, from, end) : [],
    };
  }
}

interface Minute {
  readonly seed: number;
  readonly faults: readonly Fault[];
  readonly pods: Pods;
  readonly cluster: Cluster;
  readonly from: bigint;
}

/** The requests of people and programs outside: more by day than by night, as the cluster's clock goes. */
function* visits(options: Minute & { readonly requestsPerMinute: number }): Generator<RequestRecords> {
  const { seed, requestsPerMinute, cluster, from } = options;
  const random = new Random(seed, 'visits', cluster.name, from);
  const dayPart = Number((from / minute) % 1440n) / 1440;
  const expected = requestsPerMinute * cluster.weight * (1 - 0.5 * Math.cos(2 * Math.PI * (dayPart - 0.125)));
  const count = Math.floor(expected) + (random.chance(expected % 1) ? 1 : 0);
  for (let i = 0; i < count; i++) {
    const time = from + BigInt(random.below(60_000_000)) * 1000n;
    const { operation } = random.pickWeighted(entrances);
    yield runRequest(operation, {
      ...options,
      random: new Random(seed, 'visit', cluster.name, from, i),
      time,
    });
  }
}

function* scheduledRun({ seed, faults, pods, cluster, from }: Minute): Generator<RequestRecords> {
  const { operation, everyMinutes } = schedule;
  const [workload] = workloadsOf(operations[operation].service);
  if ((from / minute) % everyMinutes !== 0n || workload === undefined) return;
  const random = new Random(seed, 'run', cluster.name, from);
  const pod = pods.ofRun(cluster, workload, from / minute);
  const time = from + 2_000_000_000n;
  yield runRequest(operation, { faults, pods, random, cluster, time, pod });
}

/** The pods that run all the time, and those of versions that are being rolled out. */
function podsOf(pods: Pods, cluster: Cluster, faults: readonly Fault[], from: bigint): Pod[] {
  return workloads.flatMap((workload) => [
    ...pods.of(cluster, workload),
    ...faults.flatMap((fault) =>
      fault.kind === 'bad rollout' &&
      fault.workload === workload.name &&
      (fault.cluster ?? cluster.name) === cluster.name &&
      fault.from < from + minute &&
      from < fault.to
        ? pods.of(cluster, workload, fault.version)
        : [],
    ),
  ]);
}

/** A container is killed and starts anew once in four days or so. */
function restarts(seed: number, pod: Pod, from: bigint): boolean {
  return new Random(seed, 'restart', pod.uid, from).chance(1 / 6000);
}

function restartLines(pod: Pod, from: bigint): ShopLog[] {
  const killed = from + minute / 2n;
  return [
    log(pod, 'FATAL', 'out of memory', killed),
    log(pod, 'INFO', `starting version ${pod.version}`, killed + 3_000_000_000n),
  ];
}

interface Housekeeping {
  readonly level: Level;
  readonly message: string;
  readonly weight: number;
}

/** What pods log that serve nobody, some times an hour. */
const housekeepingLines: Readonly<Record<string, readonly Housekeeping[]>> = {
  'kube-proxy': [
    { level: 'INFO', message: 'Syncing iptables rules', weight: 8 },
    { level: 'WARN', message: 'Ignoring same-zone topology hints for service', weight: 2 },
    { level: 'ERROR', message: 'Failed to retrieve node info: connection refused', weight: 1 },
  ],
  kafka: [
    { level: 'INFO', message: 'Rolled new log segment at offset 1184', weight: 6 },
    { level: 'WARN', message: 'Shrinking ISR from 1,2,3 to 1,2', weight: 1 },
    { level: 'ERROR', message: 'Error while fetching metadata: timeout', weight: 1 },
  ],
};

function housekeeping(seed: number, pod: Pod, from: bigint): ShopLog[] {
  const lines = housekeepingLines[pod.workload.name];
  const random = new Random(seed, 'housekeeping', pod.uid, from);
  if (lines === undefined || !random.chance(0.2)) return [];
  const { level, message } = random.pickWeighted(lines);
  return [log(pod, level, message, from + BigInt(random.below(60_000)) * 1_000_000n)];
}

function log(pod: Pod, level: Level, message: string, time: bigint): ShopLog {
  return { ...plainLine(pod, level, message, time), pod, traceId: '', spanId: '' };
}

function byStart(a: ShopSpan, b: ShopSpan): number {
  return a.start < b.start ? -1 : a.start > b.start ? 1 : 0;
}

function byTime(a: ShopLog, b: ShopLog): number {
  return a.time < b.time ? -1 : a.time > b.time ? 1 : 0;
}
