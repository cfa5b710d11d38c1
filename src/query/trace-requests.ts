import type { Pick } from '../store/trace.ts';
import type { AnalyzedTrace } from '../telemetry/trace/analyze-trace.ts';
import type { RangeRequest } from './requests.ts';
import type { Result } from './results.ts';

export interface TraceRequest extends RangeRequest {
  /** 32 hexadecimal digits, in any case; the window and the filter then play no part. */
  readonly traceId?: string | undefined;
  /** Which of the matching spans' traces; `slowest` when absent. */
  readonly pick?: Pick | undefined;
  readonly filters?: string | undefined;
  /** Show this span and what is below it. */
  readonly spanId?: string | undefined;
}

/** A log of a trace. */
export interface LogInTrace {
  /** ns from the start of the trace; negative where it is earlier. */
  readonly at: number;
  /** The index of its span; -1 where it names none of the trace. */
  readonly span: number;
  readonly workload: string;
  readonly level: string;
  readonly body: string;
}

export interface TraceResult extends Result, AnalyzedTrace {
  readonly traceId: string;
  /** How it was found; undefined where it was asked for by id. */
  readonly picked:
    | {
        readonly pick: Pick;
        /** The filter that was used; empty for none. */
        readonly filter: string;
        readonly filterRewritten: boolean;
        /** Only spans without a parent were looked at. */
        readonly rootsOnly: boolean;
        readonly searched: Result['window'];
        readonly candidates: number;
        readonly spanId: string;
        /** ns */
        readonly duration: number;
        readonly median: number;
      }
    | undefined;
  /** Spans that are stored; more than `spans` holds where they were too many. */
  readonly spansTotal: number;
  /** The index of the span that was asked for with all below it; undefined for the whole trace. */
  readonly top: number | undefined;
  /** The most severe first, then the earliest. */
  readonly logs: readonly LogInTrace[];
  readonly logsTotal: number;
}
