import type { AttributeFinding } from '../telemetry/comparison/attributes.ts';
import type { Cause } from '../telemetry/comparison/causes.ts';
import type { Change } from '../telemetry/comparison/changes.ts';
import type { PassedOver } from '../telemetry/comparison/choose-baseline.ts';
import type { Untold } from '../telemetry/comparison/untold.ts';
import type { Window } from '../telemetry/window.ts';
import type { BaselineRequest } from './baseline-window.ts';
import type { RangeRequest } from './requests.ts';
import type { Result } from './results.ts';

/** Changes that one answer shows. */
export const changeLimit = { standard: 30, max: 200 };

export interface CompareWindowsRequest extends RangeRequest, BaselineRequest {
  /** On spans and logs alike: fields that both have. */
  readonly filters?: string | undefined;
  /** Only requests that pass through it, with all that they call, and its own logs. */
  readonly workload?: string | undefined;
  /** 1 to 200; 30 when absent. */
  readonly limit?: number | undefined;
}

/** A change, and since when. */
export interface DatedChange extends Omit<Change, 'onset' | 'failingBelow' | 'unit'> {
  /** Its place by strength among all changes, from 1. */
  readonly number: number;
  /** Weaker ones that are alike, and are not listed. */
  readonly alike: number;
  /** Of a metric: other metrics of the workload, and other workloads, of which the same is told. */
  readonly likewise: readonly string[];
  readonly alsoIn: readonly string[];
  /** What is counted by time is given by minute, and of all traces. */
  readonly unit: Exclude<Change['unit'], 'per-stretch'> | 'per-minute';
  /** Start of the stretch in which it began, ns since the epoch. */
  readonly onset: bigint;
}

export interface DatedCause extends Omit<Cause, 'evidence'> {
  /** Numbers of changes, in order. */
  readonly evidence: readonly number[];
  /** Of the earliest of its evidence; undefined where there is none. */
  readonly onset: bigint | undefined;
}

/** The window that was compared with. */
export interface Baseline extends Window {
  /** How it was chosen; undefined where it was given. */
  readonly chosen:
    | {
        /** Earlier times that were looked at. */
        readonly candidates: number;
        /** Those that are nearer, and what is worse there. */
        readonly passedOver: readonly (Window & Omit<PassedOver, 'from' | 'to'>)[];
      }
    | undefined;
}

/** Records of baseline and window. */
export type Counts = readonly [baseline: number, window: number];

export interface CompareWindowsResult extends Result {
  readonly filter: string;
  readonly filterRewritten: boolean;
  /** Empty for all. */
  readonly around: string;
  /** Undefined where no earlier time holds data. */
  readonly baseline: Baseline | undefined;
  readonly spans: Counts;
  readonly logs: Counts;
  /** Series of metrics that were compared. */
  readonly series: number;
  /** Of all traces one in so many was looked at; 1 for all. */
  readonly oneIn: number;
  /** ns: how exactly an onset is known. */
  readonly stretch: bigint;
  readonly changesTotal: number;
  /** Strongest first, those that are to be shown: what the first causes rest on is among them. */
  readonly changes: readonly DatedChange[];
  /** Best supported first. */
  readonly causes: readonly DatedCause[];
  readonly attributes: readonly AttributeFinding[];
  readonly untold: readonly Untold[];
}
