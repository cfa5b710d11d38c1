import type { Aggregates } from './aggregates.ts';
import type { Cause } from './causes.ts';
import type { Change } from './changes.ts';

/** What a comparison can't tell, and why; names at most, the text is the renderer's. */
export type Untold =
  /** There is no baseline: nothing is recorded before the window. */
  | { readonly code: 'no-baseline' }
  /** Workloads with logs or metrics and no spans of their own: neither their times nor their errors by request. */
  | { readonly code: 'no-spans'; readonly workloads: readonly string[] }
  /** Operations with so few requests that no change of theirs could be told from chance. */
  | { readonly code: 'few-requests'; readonly operations: readonly OperationRequests[] }
  /** Workloads with spans and no metrics: no resource pressure is seen there. */
  | { readonly code: 'no-metrics'; readonly workloads: readonly string[] }
  /** Failures that the baseline holds as much: a cause that began earlier would not stand out. */
  | { readonly code: 'standing-failures'; readonly failures: readonly StandingFailure[] }
  /** Calls to what records no spans: what happens there is seen from outside alone. */
  | { readonly code: 'unrecorded-peers'; readonly calls: readonly { client: string; peer: string }[] }
  /** The strongest changes are there from the first stretch on: they may have begun before the window. */
  | { readonly code: 'began-earlier'; readonly workloads: readonly string[] }
  /** The gaps around a workload grew and it has no CPU metric: starved CPU would look as a slow network does. */
  | { readonly code: 'network-or-cpu'; readonly workloads: readonly string[] }
  /** The first causes are as well supported as one another. */
  | { readonly code: 'close-causes'; readonly workloads: readonly string[] };

export interface OperationRequests {
  readonly workload: string;
  readonly operation: string;
  readonly requests: readonly [baseline: number, window: number];
}

export interface StandingFailure {
  readonly workload: string;
  /** The operation, or the pattern of an error level. */
  readonly subject: string;
  /** Shares of requests, or lines by stretch. */
  readonly before: number;
  readonly after: number;
}

/** What can't be told from these windows. */
export function untoldOf(
  baseline: Aggregates | undefined,
  window: Aggregates,
  changes: readonly Change[],
  causes: readonly Cause[],
): readonly Untold[] {
  void [window, changes, causes];
  return baseline === undefined ? [{ code: 'no-baseline' }] : [];
}
