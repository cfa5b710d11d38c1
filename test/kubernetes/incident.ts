import type { SentLine, SentSeries, Values } from './otlp.ts';

/** 2026-02-06T10:00:00Z, ms since the epoch. */
export const ten = Date.UTC(2026, 1, 6, 10);
const second = 1000;
const minute = 60 * second;
export const at = (minutes: number, seconds = 0): number => ten + minutes * minute + seconds * second;

const times = (from: number, to: number, step: number): number[] =>
  Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, i) => from + i * step);

/** A line every 20 seconds. */
export const lines = (resource: Values, from: number, to: number): SentLine[] =>
  times(from, to, 20 * second).map((time) => ({ time, resource }));

/** A sample every 30 seconds, of a value by time. */
export const series = (
  name: string,
  resource: Values,
  [from, to]: readonly [number, number],
  value: (time: number) => number,
  more: Partial<SentSeries> = {},
): SentSeries => ({
  name,
  resource,
  points: times(from, to, 30 * second).map((time) => [time, value(time)]),
  ...more,
});

export const cart = (pod: string, version: string, replicaSet: string): Values => ({
  'k8s.cluster.name': 'eu',
  'k8s.namespace.name': 'shop',
  'k8s.deployment.name': 'cart',
  'k8s.replicaset.name': replicaSet,
  'k8s.pod.name': pod,
  'k8s.node.name': 'node-1',
  'service.name': 'cart',
  'service.version': version,
});
