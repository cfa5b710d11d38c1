import type { Histogram } from './histogram.ts';

/**
 * What is known of one window, in stretches of equal length from its start. Every list by stretch has `stretches`
 * members; the baseline's stretches are as long as the window's, their number may differ.
 */
export interface Aggregates {
  readonly stretches: number;
  readonly operations: readonly OperationAggregate[];
  readonly calls: readonly CallAggregate[];
  readonly unserved: readonly UnservedAggregate[];
  readonly patterns: readonly PatternAggregate[];
  readonly lines: readonly LineAggregate[];
  readonly metrics: readonly MetricAggregate[];
  readonly pods: readonly PodAggregate[];
}

/** Requests that a workload served: its server and consumer spans of one name. */
export interface OperationAggregate {
  readonly workload: string;
  readonly operation: string;
  readonly requests: readonly number[];
  /** Requests whose span has the status error. */
  readonly failed: readonly number[];
  /** How many of the failed have a failure in a called workload in the same trace, by that workload. */
  readonly failingBelow: FailingBelow;
  /** Durations by stretch, ns. */
  readonly duration: readonly Histogram[];
  /** Durations less the time in which a call to another workload ran, ns. */
  readonly own: readonly Histogram[];
}

/** Requests by the other workload that failed in the same trace, by a line of an error level or a span's status. */
export type FailingBelow = ReadonlyMap<string, number>;

/** Calls between two workloads: client spans with a server span below. */
export interface CallAggregate {
  readonly client: string;
  readonly server: string;
  readonly calls: readonly number[];
  /** Gaps between the two spans by stretch, ns. */
  readonly gap: readonly Histogram[];
}

/** Calls to what records no spans (a database, a cloud's API): client and producer spans without a span below. */
export interface UnservedAggregate {
  readonly client: string;
  /** The called, as the spans name it; empty where they name nobody. A workload's name where it is one. */
  readonly peer: string;
  readonly calls: readonly number[];
  /** Calls whose span has the status error. */
  readonly failed: readonly number[];
  /** Durations by stretch, ns. */
  readonly duration: readonly Histogram[];
}

/** Requests that wrote lines of one pattern: a request that wrote it thrice counts once. */
export interface PatternAggregate {
  readonly workload: string;
  /** The operation whose request wrote it. */
  readonly operation: string;
  readonly level: string;
  readonly pattern: string;
  readonly requests: readonly number[];
  /** As for operations; empty where the level is no error. */
  readonly failingBelow: FailingBelow;
}

/** Lines of one pattern that belong to no known request. */
export interface LineAggregate {
  readonly workload: string;
  readonly level: string;
  readonly pattern: string;
  readonly lines: readonly number[];
}

/** Samples of a series of one pod. Its name and labels are as stored: what a metric measures is read from its name. */
export type MetricAggregate = GaugeAggregate | CounterAggregate;

interface Series {
  readonly workload: string;
  readonly pod: string;
  readonly name: string;
  /** Labels beside those of the pod, as text; empty for none. */
  readonly labels: string;
}

export interface GaugeAggregate extends Series {
  readonly kind: 'gauge';
  /** The stretch of each sample, and its value, by time. */
  readonly samples: readonly (readonly [stretch: number, value: number])[];
}

export interface CounterAggregate extends Series {
  readonly kind: 'counter';
  /**
   * Of each sample that has one before it: its stretch, by how much it is greater (after a reset its value), and the
   * seconds between the two, > 0; by time. The sample before may lie before the window.
   */
  readonly samples: readonly (readonly [stretch: number, increase: number, seconds: number])[];
}

/** A pod, and in which stretches it recorded anything at all. */
export interface PodAggregate {
  readonly workload: string;
  readonly pod: string;
  readonly records: readonly number[];
}
