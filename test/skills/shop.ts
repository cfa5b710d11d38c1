import type { Fault } from '../../src/demo/shop/faults.ts';
import { otlpRequests } from '../../src/demo/shop/otlp.ts';
import { makeShop, minute } from '../../src/demo/shop/shop.ts';
import type { TelemetryRequest } from './world.ts';

/** 2026-11-23T10:00:00Z, ns since the epoch. */
export const shopClock = BigInt(Date.UTC(2026, 10, 23, 10)) * 1_000_000n;

const lately = { from: shopClock - 30n * minute, to: shopClock + minute };

/** All goes wrong in the last half hour, in workloads that have little to do with one another. */
const faults: readonly Fault[] = [
  {
    kind: 'new error',
    workload: 'payments',
    share: 0.3,
    message: 'timeout: no connection to the card network',
    ...lately,
  },
  { kind: 'slow code', workload: 'catalog', span: 'render prices', addedMs: 700, ...lately },
  {
    kind: 'bad rollout',
    workload: 'cart',
    version: '1.9.0',
    share: 0.5,
    errorRate: 0.35,
    message: 'redis: unknown command GETEX',
    ...lately,
  },
  { kind: 'starved cpu', workload: 'auth-service', slowdown: 8, ...lately },
  { kind: 'delayed network', workload: 'service-b', delayMs: 150, ...lately },
];

/** An hour and a bit of the shop. */
export function* shopRequests(): Generator<TelemetryRequest> {
  const from = shopClock - 62n * minute;
  const minutes = [...makeShop({ seed: 7, from, to: shopClock, requestsPerMinute: 30, faults })];
  // Few requests of many records are stored sooner.
  const all = {
    spans: minutes.flatMap(({ spans }) => spans),
    logs: minutes.flatMap(({ logs }) => logs),
    metrics: minutes.flatMap(({ metrics }) => metrics),
  };
  for (const { signal, body } of otlpRequests(all)) yield { signal, body: JSON.stringify(body) };
}
