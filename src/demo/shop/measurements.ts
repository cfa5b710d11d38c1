import { type Fault, faultsOf } from './faults.ts';
import { ExplicitHistogram, ExponentialHistogram } from './histograms.ts';
import type { Pod } from './pods.ts';
import { Random } from './random.ts';
import type { Attributes, NumberPoint, ShopMetric, ShopSpan } from './records.ts';
import type { Work } from './requests.ts';

interface PodState {
  readonly pod: Pod;
  /** ns since the epoch: when the container started, and its counters with it. */
  started: bigint;
  /** How often it started anew. */
  restarts: number;
  /** Seconds of CPU time. */
  cpu: number;
  throttledPeriods: number;
  /** ms of work since the last scrape. */
  work: number;
  readonly http: SeriesMap<ExplicitHistogram>;
  readonly rpc: SeriesMap<ExponentialHistogram>;
  orders: number;
}

/** Counts what happens in the shop, as its pods and nodes would, and says it at each scrape. */
export class Measurements {
  readonly #seed: number;
  readonly #faults: readonly Fault[];
  readonly #states = new Map<string, PodState>();
  /** Spans that had not ended at the last scrape. */
  #unfinished: ShopSpan[] = [];

  constructor(seed: number, faults: readonly Fault[]) {
    this.#seed = seed;
    this.#faults = faults;
  }

  /** Spans that began, and work that was done, since the last scrape. */
  observe(spans: readonly ShopSpan[], work: readonly Work[]): void {
    this.#unfinished.push(...spans.filter(({ kind }) => kind === 'server'));
    for (const { pod, ms } of work) {
      const state = this.#states.get(pod.uid);
      if (state !== undefined) state.work += ms;
    }
  }

  /** The container of a pod starts anew, its counters too. */
  restart(pod: Pod, time: bigint): void {
    const state = this.#states.get(pod.uid);
    if (state === undefined) return;
    this.#states.set(pod.uid, { ...newState(pod, time), restarts: state.restarts + 1 });
  }

  /**
   * What the pods say at a time, ns since the epoch.
   *
   * @param since when the last scrape was, or counting began
   */
  scrape(pods: readonly Pod[], since: bigint, time: bigint): ShopMetric[] {
    for (const pod of pods) if (!this.#states.has(pod.uid)) this.#states.set(pod.uid, newState(pod, since));
    const active = new Map<string, number>();
    this.#unfinished = this.#unfinished.filter((span) => {
      if (span.start + BigInt(span.duration) > time) {
        if (span.start <= time) active.set(span.pod.uid, (active.get(span.pod.uid) ?? 0) + 1);
        return true;
      }
      this.#count(span);
      return false;
    });
    return pods.flatMap((pod) => {
      const state = this.#states.get(pod.uid);
      return state === undefined ? [] : this.#metricsOf(state, active.get(pod.uid) ?? 0, since, time);
    });
  }

  #count({ pod, start, duration, attributes }: ShopSpan): void {
    const state = this.#states.get(pod.uid);
    // What the container had counted before it started anew is lost.
    if (state === undefined || start < state.started) return;
    const seconds = duration / 1e9;
    if ('http.route' in attributes) {
      const labels = picked(attributes, ['http.request.method', 'http.route', 'http.response.status_code']);
      state.http.at(labels).add(seconds);
      if (pod.workload.service === 'checkout' && attributes['http.response.status_code'] === 200)
        state.orders += 1;
    } else if ('rpc.method' in attributes) {
      const labels = picked(attributes, ['rpc.system', 'rpc.service', 'rpc.method', 'rpc.grpc.status_code']);
      state.rpc.at(labels).add(seconds);
    }
  }

  #metricsOf(state: PodState, active: number, since: bigint, time: bigint): ShopMetric[] {
    const { pod, started: start } = state;
    const { workload, cluster } = pod;
    const elapsed = Number(time - (since > start ? since : start)) / 1e9;
    const starved = faultsOf(this.#faults, 'starved cpu', workload, cluster.name, time).length > 0;
    const own = 0.01 + 0.01 * new Random(this.#seed, 'idle', pod.uid, time).fraction();
    const used = own * elapsed + state.work / 1000;
    state.cpu += starved ? 0.97 * workload.cpuLimit * elapsed : Math.min(used, workload.cpuLimit * elapsed);
    // The kernel hands out CPU in periods of 100 ms.
    if (starved) state.throttledPeriods += Math.round(elapsed * 10 * 0.8);
    state.work = 0;

    const one = (value: number, from?: bigint, attributes: Attributes = {}): readonly NumberPoint[] => [
      { attributes, start: from, time, value },
    ];
    const metric = { pod };
    const http = state.http.entries().map(([labels, histogram]) => histogram.point(labels, start, time));
    const rpc = state.rpc.entries().map(([labels, histogram]) => histogram.point(labels, start, time));
    const currency = cluster.region.startsWith('eu') ? 'EUR' : 'USD';
    return [
      {
        ...metric,
        name: 'container.cpu.time',
        kind: 'counter',
        unit: 's',
        description: 'CPU time that the container used',
        points: one(state.cpu, start),
      },
      {
        ...metric,
        name: 'container.cpu.throttled_periods',
        kind: 'counter',
        unit: '{period}',
        description: 'periods of 100 ms in which the container was not given all the CPU that it asked for',
        points: one(state.throttledPeriods, start),
      },
      {
        ...metric,
        name: 'k8s.container.cpu_limit',
        kind: 'gauge',
        unit: '{cpu}',
        description: 'cores that the container may use',
        points: one(workload.cpuLimit),
      },
      {
        ...metric,
        name: 'container.memory.usage',
        kind: 'gauge',
        unit: 'By',
        description: 'memory that the container uses',
        points: one(this.#memory(state, time)),
      },
      {
        ...metric,
        name: 'k8s.container.memory_limit',
        kind: 'gauge',
        unit: 'By',
        description: 'memory that the container may use',
        points: one(workload.memoryLimit),
      },
      {
        ...metric,
        name: 'k8s.container.restarts',
        kind: 'gauge',
        unit: '{restart}',
        description: 'how often the container was started anew',
        points: one(state.restarts),
      },
      ...(http.length === 0
        ? []
        : [
            {
              ...metric,
              name: 'http.server.request.duration',
              kind: 'histogram',
              unit: 's',
              description: 'duration of HTTP server requests',
              points: http,
            } as const,
            {
              ...metric,
              name: 'http.server.active_requests',
              kind: 'upDownCounter',
              unit: '{request}',
              description: 'HTTP requests that are being served',
              points: one(active, start),
            } as const,
          ]),
      ...(rpc.length === 0
        ? []
        : [
            {
              ...metric,
              name: 'rpc.server.call.duration',
              kind: 'exponentialHistogram',
              unit: 's',
              description: 'duration of incoming remote procedure calls',
              points: rpc,
            } as const,
          ]),
      ...(workload.service === 'checkout'
        ? [
            {
              ...metric,
              name: 'shop.orders',
              kind: 'counter',
              unit: '{order}',
              description: 'orders that were placed',
              points: one(state.orders, start, { currency }),
            } as const,
          ]
        : []),
      ...(pod.name === 'kafka-0' ? [this.#lag(pod, time)] : []),
    ];
  }

  /** A third of the limit, growing slowly from each start on. */
  #memory({ pod, started }: PodState, time: bigint): number {
    const hours = Number(time - started) / 3.6e12;
    const noise = 0.02 * new Random(this.#seed, 'memory', pod.uid, time).fraction();
    return Math.round(pod.workload.memoryLimit * (0.3 + 0.3 * (1 - Math.exp(-hours / 6)) + noise));
  }

  #lag(pod: Pod, time: bigint): ShopMetric {
    const points = ['shipping', 'notifications'].flatMap((group) =>
      [0, 1, 2].map((partition) => ({
        attributes: { group, topic: 'orders', partition: String(partition) },
        start: undefined,
        time,
        value: new Random(this.#seed, 'lag', pod.uid, group, partition, time).below(12),
      })),
    );
    return {
      pod,
      name: 'kafka.consumer_group.lag',
      kind: 'gauge',
      unit: '{message}',
      description: 'messages that the group has not read yet',
      points,
    };
  }
}

function newState(pod: Pod, started: bigint): PodState {
  return {
    pod,
    started,
    restarts: 0,
    cpu: 0,
    throttledPeriods: 0,
    work: 0,
    http: new SeriesMap(() => new ExplicitHistogram()),
    rpc: new SeriesMap(() => new ExponentialHistogram()),
    orders: 0,
  };
}

/** Something for each set of attributes. */
class SeriesMap<Value> {
  readonly #make: () => Value;
  readonly #byKey = new Map<string, readonly [Attributes, Value]>();

  constructor(make: () => Value) {
    this.#make = make;
  }

  at(attributes: Attributes): Value {
    const key = JSON.stringify(attributes);
    const [, known] = this.#byKey.get(key) ?? [];
    if (known !== undefined) return known;
    const made = this.#make();
    this.#byKey.set(key, [attributes, made]);
    return made;
  }

  entries(): (readonly [Attributes, Value])[] {
    return [...this.#byKey.values()];
  }
}

function picked(attributes: Attributes, names: readonly string[]): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => names.includes(name)));
}
