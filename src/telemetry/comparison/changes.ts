import type { FailingBelow } from './aggregates.ts';
import type { Test } from './two-sample-tests.ts';

export type ChangeKind =
  | 'errors'
  | 'error-pattern'
  | 'own-time'
  | 'duration'
  | 'gap'
  | 'metric'
  | 'fewer-errors'
  | 'rate'
  | 'pattern';

/** One thing that differs between the windows. */
export interface Change {
  readonly kind: ChangeKind;
  /** Where: the workload, of a gap the calling one. */
  readonly workload: string;
  /** The called workload of a gap; empty otherwise. */
  readonly peer: string;
  /** The operation, pattern, or metric; of a gap empty. */
  readonly subject: string;
  /** The operation that a pattern belongs to; empty for others. */
  readonly operation: string;
  /** Typical values in baseline and window: a share of requests, a median in ns, or a metric's median. */
  readonly before: number;
  readonly after: number;
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

const NEUTRAL: ReadonlySet<ChangeKind> = new Set(['rate', 'pattern', 'fewer-errors']);

/** Whether it is the bad direction: more errors, slower, a metric that rose. Traffic and other lines are neither. */
export const isWorse = ({ kind, test }: Change): boolean => !NEUTRAL.has(kind) && test.delta > 0;
