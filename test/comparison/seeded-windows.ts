import type { Aggregates, MetricAggregate } from '../../src/telemetry/comparison/aggregates.ts';
import { Draws, randomOf } from './random.ts';
import { CALLS, DATABASES, OPERATIONS, STRETCHES, Tally, WORKLOADS } from './shop.ts';

/** Kinds of faults; what each does is in `effectOf`. */
export const FAULTS = [
  'starved CPU',
  'starved CPU in gaps',
  'starved CPU without metrics',
  'delayed network',
  'delayed link',
  'new error',
  'slow code path',
  'vanished pattern',
  'slow database',
] as const;
export type FaultKind = (typeof FAULTS)[number];

export interface Fault {
  readonly kind: FaultKind;
  /** Of a link its calling end, of a database whoever calls it. */
  readonly workload: string;
  /** The other end of a link, or the database. */
  readonly peer: string;
  /** From this stretch on. */
  readonly start: number;
  /** 0 to 1: how bad it is. */
  readonly size: number;
}

/**
 * How a window differs from an even one. `light`: log-normal times with a common disturbance in each stretch. `heavy`:
 * one time in twenty is far longer (Pareto, α = 1.5), disturbances last (an AR(1) process for each workload, and one for
 * all), failures come in bursts, processors are busy now and then for no reason.
 */
export type Noise = 'light' | 'heavy';

export interface Setting {
  readonly noise: Noise;
  /** Requests to the gateway by stretch. */
  readonly load: number;
}

const MS = 1e6;

/** Two windows of five minutes, the second with the fault, if there is one. */
export function windowsOf(
  seed: number,
  kind?: FaultKind,
  noise: Noise = seed % 2 === 0 ? 'light' : 'heavy',
): { baseline: Aggregates; window: Aggregates; fault: Fault | undefined } {
  const draws = new Draws(randomOf(seed));
  const fault = kind === undefined ? undefined : faultOf(kind, draws);
  const load = 20 * draws.logNormal(0.3);
  // Traffic doubles, or halves, between the two windows of one pair in ten.
  const grows = draws.chance(0.1) ? draws.between(1.8, 2.2) ** (draws.chance(0.5) ? 1 : -1) : 1;
  const baseline = windowOf(draws, { noise, load }, undefined);
  const hidden = fault?.kind === 'starved CPU without metrics' ? fault.workload : undefined;
  return {
    baseline: { ...baseline, metrics: baseline.metrics.filter(({ workload }) => workload !== hidden) },
    window: windowOf(draws, { noise, load: load * grows * draws.logNormal(0.15) }, fault),
    fault,
  };
}

function faultOf(kind: FaultKind, draws: Draws): Fault {
  const pick = (names: readonly string[]) => names[Math.floor(draws.uniform() * names.length)] ?? '';
  const workload =
    kind === 'slow database'
      ? pick(Object.keys(DATABASES))
      : kind === 'delayed link'
        ? pick(WORKLOADS.filter((name) => (CALLS[name] ?? []).length > 1))
        : pick(WORKLOADS.slice(1));
  const peer =
    kind === 'slow database'
      ? (DATABASES[workload] ?? '')
      : kind === 'delayed link'
        ? pick(CALLS[workload] ?? [])
        : '';
  return { kind, workload, peer, start: Math.floor(draws.uniform() * 5), size: draws.uniform() };
}

/** Five minutes of a small shop, in stretches of 30 s. */
export function windowOf(draws: Draws, { noise, load }: Setting, fault: Fault | undefined): Aggregates {
  const tally = new Tally();
  const heavy = noise === 'heavy';
  const drift = new Map(WORKLOADS.map((name) => [name, 0]));
  let common = 0;
  const time = (sigma: number): number =>
    draws.logNormal(sigma) * (heavy && draws.chance(0.05) ? 3 * (1 - draws.uniform()) ** (-1 / 1.5) : 1);

  for (let at = 0; at < STRETCHES; at++) {
    const on = fault !== undefined && at >= fault.start ? fault : undefined;
    common = heavy ? 0.7 * common + 0.05 * draws.normal() : 0;
    for (const name of WORKLOADS) {
      const before = drift.get(name) ?? 0;
      drift.set(name, heavy ? 0.7 * before + 0.08 * draws.normal() : 0.08 * draws.normal());
    }
    const bursts = heavy && draws.chance(0.1) ? 0.08 : 0.01;

    const serve = (name: string): { time: number; failed: readonly string[] } => {
      const operation = OPERATIONS[draws.chance(0.6) ? 0 : 1] ?? 'GET';
      const disturbed = Math.exp((drift.get(name) ?? 0) + common);
      const here = on?.workload === name ? on : undefined;
      const own = 8 * MS * time(0.5) * disturbed * slowerBy(here, operation);
      const failed = new Set<string>();
      let total = own;
      for (const server of CALLS[name] ?? []) {
        if (draws.chance(0.4)) continue;
        const answer = serve(server);
        const gap = 2 * MS * time(0.4) + delayOf(on, name, server, draws);
        tally.count(at, 'calls', name, server);
        tally.value(at, gap, 'gap', name, server);
        total += answer.time + gap;
        for (const other of answer.failed) failed.add(other);
      }
      const database = DATABASES[name];
      if (database !== undefined) {
        const slow = on?.kind === 'slow database' && on.peer === database ? 5 + 20 * on.size : 1;
        const answer = 3 * MS * time(0.5) * slow + delayOf(on, name, database, draws);
        tally.count(at, 'asked', name, database);
        tally.value(at, answer, 'answer', name, database);
        total += answer;
      }
      const broken = here?.kind === 'new error' && draws.chance(0.25 + 0.5 * here.size);
      const fails = broken || failed.size > 0 || draws.chance(bursts);
      tally.count(at, 'requests', name, operation);
      tally.value(at, total, 'duration', name, operation);
      tally.value(at, own, 'own', name, operation);
      if (here?.kind !== 'vanished pattern') tally.count(at, 'wrote', name, operation, 'INFO', 'served');
      if (draws.chance(0.2)) tally.count(at, 'wrote', name, operation, 'INFO', 'cache miss');
      if (draws.chance(0.01)) tally.count(at, 'wrote', name, operation, 'WARN', 'slow lock');
      if (!fails) return { time: total, failed: [] };
      const text = broken ? 'NullPointerException' : failed.size > 0 ? 'call failed' : 'bad request';
      tally.count(at, 'failed', name, operation);
      tally.failBelow(failed, 'failed', name, operation);
      tally.count(at, 'wrote', name, operation, 'ERROR', text);
      tally.failBelow(failed, 'wrote', name, operation, 'ERROR', text);
      return { time: total, failed: [...failed, name] };
    };
    const requests = Math.round(load * draws.logNormal(0.2));
    for (let i = 0; i < requests; i++) serve('gateway');
    for (const name of WORKLOADS) {
      tally.count(at, 'lines', name, 'INFO', 'heartbeat');
      if (draws.chance(0.02)) tally.count(at, 'lines', name, 'ERROR', 'lost the registry');
    }
  }
  return tally.aggregates(WORKLOADS.flatMap((name) => metricsOf(name, tally, draws, heavy, fault)));
}

/** The factor of the own time of a request. */
function slowerBy(fault: Fault | undefined, operation: string): number {
  if (fault === undefined) return 1;
  if (fault.kind === 'starved CPU' || fault.kind === 'starved CPU without metrics') return 2 + 4 * fault.size;
  return fault.kind === 'slow code path' && operation === 'POST' ? 3 + 4 * fault.size : 1;
}

/** What is added to a gap, or to the time of a database. */
function delayOf(fault: Fault | undefined, client: string, server: string, draws: Draws): number {
  if (fault === undefined) return 0;
  const touches = client === fault.workload || server === fault.workload;
  switch (fault.kind) {
    case 'delayed network':
      return touches ? (20 + 100 * fault.size) * MS * draws.logNormal(0.1) : 0;
    case 'delayed link':
      return client === fault.workload && server === fault.peer
        ? (20 + 100 * fault.size) * MS * draws.logNormal(0.1)
        : 0;
    // A process that waits for its turn begins late with what it is asked, and reads answers late.
    case 'starved CPU in gaps':
      return touches ? draws.exponential((10 + 40 * fault.size) * MS) : 0;
    case 'starved CPU':
    case 'starved CPU without metrics':
      return touches ? draws.exponential((4 + 20 * fault.size) * MS) : 0;
    default:
      return 0;
  }
}

/** A sample a minute of each metric of the one pod of a workload. */
function metricsOf(
  workload: string,
  tally: Tally,
  draws: Draws,
  heavy: boolean,
  fault: Fault | undefined,
): MetricAggregate[] {
  if (fault?.kind === 'starved CPU without metrics' && fault.workload === workload) return [];
  const starved = (at: number) =>
    fault !== undefined &&
    fault.workload === workload &&
    at >= fault.start &&
    (fault.kind === 'starved CPU' || fault.kind === 'starved CPU in gaps');
  const gauge = (name: string, value: (at: number) => number): MetricAggregate => ({
    kind: 'gauge',
    workload,
    pod: `${workload}-0`,
    name,
    labels: '',
    samples: [0, 2, 4, 6, 8].map((at): [number, number] => [at, value(at)]),
  });
  const counter = (name: string, value: (at: number) => number): MetricAggregate => ({
    kind: 'counter',
    workload,
    pod: `${workload}-0`,
    name,
    labels: '',
    samples: [0, 2, 4, 6, 8].map((at): [number, number, number] => [at, value(at), 60]),
  });
  const spike = () => (heavy && draws.chance(0.05) ? 3 : 1);
  const busy = (at: number) => 0.005 + 0.002 * tally.requestsOf(workload, at);
  return [
    gauge(
      'k8s.pod.cpu.usage',
      (at) => (starved(at) ? 0.3 + 0.7 * (fault?.size ?? 0) : busy(at)) * draws.logNormal(0.15) * spike(),
    ),
    counter('container_network_receive_bytes_total', (at) => 6e7 * busy(at) * draws.logNormal(0.1)),
    gauge('k8s.pod.memory.usage', () => 2e8 * draws.logNormal(0.05)),
    gauge('pod_server_latency_p90', () => 0.02 * draws.logNormal(0.3) * spike()),
    counter('kube_pod_container_status_restarts_total', () => (draws.chance(0.0005) ? 1 : 0)),
  ];
}
