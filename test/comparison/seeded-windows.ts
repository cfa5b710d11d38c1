import type { Aggregates } from '../../src/telemetry/comparison/aggregates.ts';
import { histogramOf } from '../../src/telemetry/comparison/histogram.ts';

export type Fault = 'starved CPU' | 'delayed network' | 'new error' | 'slow code path';

/** A number in [0, 1) at each call, the same row for the same seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Who calls whom, from the gateway down. */
const CALLS: Readonly<Record<string, readonly string[]>> = {
  gateway: ['cart', 'catalog', 'checkout'],
  cart: ['cart-store'],
  catalog: ['prices', 'search'],
  checkout: ['cart', 'payment', 'shipping'],
  payment: ['ledger'],
  shipping: ['prices'],
  prices: [],
  search: [],
  ledger: [],
  'cart-store': [],
};
const NAMES = Object.keys(CALLS);
const OPERATIONS = ['GET', 'POST'];
const STRETCHES = 10;
const MS = 1e6;

/** The workload that a fault of this seed is in; never the gateway. */
export const faultyOf = (seed: number): string => NAMES[1 + (seed % (NAMES.length - 1))] ?? '';

/**
 * Five minutes of a small shop in stretches of 30 s: traffic that goes up and down, log-normal times with a common
 * disturbance in each stretch, one failure in a hundred, lines of chance, and a sample of each metric a minute.
 */
export function windowOf(random: () => number, fault?: Fault, faulty = ''): Aggregates {
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const list = <T>(make: () => T): T[] => Array.from({ length: STRETCHES }, make);
  const operations = new Map(
    NAMES.flatMap((workload) =>
      OPERATIONS.map((operation) => [
        `${workload} ${operation}`,
        {
          workload,
          operation,
          requests: list(() => 0),
          failed: list(() => 0),
          failingBelow: new Map<string, number>(),
          duration: list((): number[] => []),
          own: list((): number[] => []),
        },
      ]),
    ),
  );
  const calls = new Map(
    NAMES.flatMap((client) =>
      (CALLS[client] ?? []).map((server) => [
        `${client} ${server}`,
        { client, server, calls: list(() => 0), gap: list((): number[] => []) },
      ]),
    ),
  );
  const patterns = new Map<string, Mutable>();
  const log = (
    workload: string,
    operation: string,
    level: string,
    pattern: string,
    at: number,
    below: string[],
  ) => {
    const key = JSON.stringify([workload, operation, pattern]);
    const made = { workload, operation, level, pattern, requests: list(() => 0), failingBelow: new Map() };
    const each = patterns.get(key) ?? made;
    patterns.set(key, each);
    each.requests[at] = (each.requests[at] ?? 0) + 1;
    for (const other of below) each.failingBelow.set(other, (each.failingBelow.get(other) ?? 0) + 1);
  };
  const start = Math.floor(random() * 5);
  const load = Math.exp(0.3 * normal());
  const served: Record<string, number>[] = list(() => ({}));

  for (let at = 0; at < STRETCHES; at++) {
    const on = fault !== undefined && at >= start;
    const disturbed = new Map(NAMES.map((name) => [name, Math.exp(0.08 * normal())]));
    const serve = (name: string): { time: number; failed: string[] } => {
      const operation = OPERATIONS[random() < 0.6 ? 0 : 1] ?? 'GET';
      const here = on && name === faulty;
      const slower =
        here && fault === 'starved CPU'
          ? 4
          : here && fault === 'slow code path' && operation === 'POST'
            ? 4
            : 1;
      const own = 8 * MS * Math.exp(0.5 * normal()) * (disturbed.get(name) ?? 1) * slower;
      let time = own;
      const failed: string[] = [];
      for (const server of CALLS[name] ?? []) {
        if (random() < 0.4) continue;
        const answer = serve(server);
        const delayed = on && fault === 'delayed network' && (name === faulty || server === faulty);
        const gap = 2 * MS * Math.exp(0.4 * normal()) + (delayed ? 40 * MS : 0);
        const call = calls.get(`${name} ${server}`);
        if (call !== undefined) {
          call.calls[at] = (call.calls[at] ?? 0) + 1;
          call.gap[at]?.push(gap);
        }
        time += answer.time + gap;
        failed.push(...answer.failed);
      }
      const broken = here && fault === 'new error' && random() < 0.3;
      const fails = broken || failed.length > 0 || random() < 0.01;
      const each = operations.get(`${name} ${operation}`);
      if (each !== undefined) {
        each.requests[at] = (each.requests[at] ?? 0) + 1;
        each.duration[at]?.push(time);
        each.own[at]?.push(own);
        if (fails) {
          each.failed[at] = (each.failed[at] ?? 0) + 1;
          for (const other of new Set(failed))
            each.failingBelow.set(other, (each.failingBelow.get(other) ?? 0) + 1);
        }
      }
      served[at] = { ...served[at], [name]: (served[at]?.[name] ?? 0) + 1 };
      log(name, operation, 'INFO', 'request served', at, []);
      if (random() < 0.2) log(name, operation, 'INFO', 'cache miss', at, []);
      if (random() < 0.01) log(name, operation, 'WARN', 'slow lock', at, []);
      if (fails) {
        const text = broken
          ? 'NullPointerException in discount'
          : failed.length > 0
            ? 'call failed'
            : 'bad request';
        log(name, operation, 'ERROR', text, at, [...new Set(failed)]);
      }
      return { time, failed: fails ? [...failed, name] : [] };
    };
    const requests = Math.round(20 * load * Math.exp(0.2 * normal()));
    for (let i = 0; i < requests; i++) serve('gateway');
  }

  const metric = (workload: string, name: string, value: (at: number) => number) => ({
    kind: 'gauge' as const,
    workload,
    pod: `${workload}-0`,
    name,
    labels: '',
    samples: [0, 2, 4, 6, 8].map((at): [number, number] => [at, value(at)]),
  });
  return {
    stretches: STRETCHES,
    operations: [...operations.values()].map((each) => ({
      ...each,
      duration: each.duration.map(histogramOf),
      own: each.own.map(histogramOf),
    })),
    calls: [...calls.values()].map((each) => ({ ...each, gap: each.gap.map(histogramOf) })),
    unserved: [],
    patterns: [...patterns.values()],
    lines: [],
    pods: [],
    metrics: NAMES.flatMap((name) => {
      const starved = (at: number) => fault === 'starved CPU' && name === faulty && at >= start;
      return [
        metric(
          name,
          'container.cpu.usage',
          (at) => (starved(at) ? 0.5 : 0.002 * (served[at]?.[name] ?? 0)) * Math.exp(0.15 * normal()),
        ),
        metric(
          name,
          'container.cpu.throttled',
          (at) => (starved(at) ? 0.6 : 0.005) * Math.exp(0.3 * normal()),
        ),
        metric(name, 'container.memory.usage', () => 2e8 * Math.exp(0.05 * normal())),
      ];
    }),
  };
}

interface Mutable {
  workload: string;
  operation: string;
  level: string;
  pattern: string;
  requests: number[];
  failingBelow: Map<string, number>;
}
