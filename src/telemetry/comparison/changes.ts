import type { FailingBelow } from './aggregates.ts';
import type { Test } from './test-result.ts';

export type ChangeKind =
  /** Of an operation: the share of requests that failed, wrote a pattern of an error level, or fewer that did. */
  | 'errors'
  | 'error-pattern'
  | 'fewer-errors'
  /** Of an operation: durations, durations less those of calls, requests by stretch, requests that wrote a pattern. */
  | 'duration'
  | 'own-time'
  | 'rate'
  | 'pattern'
  /** Lines by stretch of a pattern that belongs to no request, of an error level or another. */
  | 'error-lines'
  | 'lines'
  /** Of calls: client span less server span; and where no server span is, duration and share that failed. */
  | 'gap'
  | 'call-time'
  | 'call-errors'
  /** The level of a gauge or the rate of a counter; how often something rare was counted (restarts). */
  | 'metric'
  | 'count'
  /** What only one of the windows has: `before` and `after` are requests, of pods records, by stretch. */
  | 'new-workload'
  | 'gone-workload'
  | 'new-operation'
  | 'gone-operation'
  | 'new-pod'
  | 'gone-pod';

/** What `before` and `after` are. */
export type ChangeUnit =
  /** 0 to 1. */
  | 'share'
  | 'ns'
  /** Requests, lines or records by stretch. */
  | 'per-stretch'
  /** The metric's own unit; of a counter that per second. */
  | 'metric'
  /** Events in the whole window; in the baseline scaled to the window's time. */
  | 'events';

/** One thing that differs between the windows. */
export interface Change {
  readonly kind: ChangeKind;
  readonly unit: ChangeUnit;
  /** Where: the workload, of a gap or call the calling one. */
  readonly workload: string;
  /** The called workload of a gap or call; empty otherwise. */
  readonly peer: string;
  /** The pod of a metric or pod; empty otherwise. */
  readonly pod: string;
  /**
   * The operation, pattern, metric (`name` or `name{labels}`) or pod; of a gap, call or workload empty, and of an own
   * time that all operations together show.
   */
  readonly subject: string;
  /** The operation that a pattern belongs to; empty for others. */
  readonly operation: string;
  /** The level of a pattern; empty for others. */
  readonly level: string;
  /** Typical values in baseline and window. */
  readonly before: number;
  readonly after: number;
  /** The quantile that the values are, where they are one: 0.5 or 0.95. */
  readonly quantile?: number;
  /** How many values each is made of. */
  readonly samples: readonly [number, number];
  /** The stretch of the window in which it began, from 0. */
  readonly onset: number;
  readonly test: Test;
  /** False for a new failure that is likely, though not proved by so few requests. */
  readonly sure: boolean;
  /** For failures of the window: how many of them came with one of another workload in the same trace. */
  readonly failingBelow: FailingBelow;
}

const BAD: ReadonlySet<ChangeKind> = new Set([
  'errors',
  'error-pattern',
  'error-lines',
  'duration',
  'own-time',
  'gap',
  'call-time',
  'call-errors',
  'metric',
  'count',
]);

/** Whether it is the bad direction: more errors, slower, a metric that rose. Traffic and other lines are neither. */
export const isWorse = ({ kind, test }: Change): boolean => BAD.has(kind) && test.delta > 0;

/** Requests that failed, by their spans' status or by lines of an error level. */
export const FAILURES: ReadonlySet<ChangeKind> = new Set(['errors', 'error-pattern']);

/** A workload has to do with failures of which at least this share came with one of its own. */
const TOGETHER = 0.5;

/** How many failures a change of them is made of. */
export const failuresOf = ({ unit, after, samples }: Pick<Change, 'unit' | 'after' | 'samples'>): number =>
  unit === 'share' ? after * samples[1] : samples[1];

/** The workloads that failed in the traces of most of the failures, most frequent first. */
export function failingWith(change: Pick<Change, 'unit' | 'after' | 'samples' | 'failingBelow'>): string[] {
  const least = TOGETHER * failuresOf(change);
  return [...change.failingBelow]
    .filter(([, count]) => count > 0 && count >= least)
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .map(([workload]) => workload);
}

/** The strength of the strongest; 0 of none. */
export const bestOf = (changes: readonly Change[]): number =>
  changes.reduce((best, { test }) => Math.max(best, test.strength), 0);
