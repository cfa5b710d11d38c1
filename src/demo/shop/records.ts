import type { Pod } from './pods.ts';

/** Values of attributes, by name. */
export type Attributes = Readonly<Record<string, string | number | boolean>>;

export type SpanKind = 'internal' | 'server' | 'client' | 'producer' | 'consumer';

/** A span as it was made; times in ns. */
export interface ShopSpan {
  readonly pod: Pod;
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for the root of a trace. */
  readonly parentSpanId: string;
  readonly name: string;
  readonly kind: SpanKind;
  /** ns since the epoch. */
  readonly start: bigint;
  /** ns, whole. */
  readonly duration: number;
  readonly failed: boolean;
  /** Of a failed span. */
  readonly message: string;
  readonly attributes: Attributes;
}

export type Level = 'DEBUG' | 'INFO' | 'WARN' | 'ERROR' | 'FATAL';

export const logForms = ['json', 'klog', 'logfmt', 'nginx', 'text'] as const;
export type LogForm = (typeof logForms)[number];

export interface ShopLog {
  readonly pod: Pod;
  /** ns since the epoch. */
  readonly time: bigint;
  /** Absent: the line has none, as an access log. */
  readonly level: Level | undefined;
  /** The logger says the level beside the body; where it does not, the body alone tells it. */
  readonly saysLevel: boolean;
  readonly form: LogForm;
  readonly body: string;
  readonly attributes: Attributes;
  /** Both empty where the line belongs to no request. */
  readonly traceId: string;
  readonly spanId: string;
}

interface PointBase {
  readonly attributes: Attributes;
  /** ns since the epoch: when counting began; a gauge has none. */
  readonly start: bigint | undefined;
  /** ns since the epoch. */
  readonly time: bigint;
}

export interface NumberPoint extends PointBase {
  readonly value: number;
}

/** A histogram with explicit bounds; `counts` has one more than `bounds`. */
export interface HistogramPoint extends PointBase {
  readonly count: number;
  readonly sum: number;
  readonly bounds: readonly number[];
  readonly counts: readonly number[];
}

/** A histogram with exponential bounds of `2 ** (2 ** -scale)`; `counts` begins at index `offset`. */
export interface ExponentialPoint extends PointBase {
  readonly count: number;
  readonly sum: number;
  readonly scale: number;
  readonly zeroCount: number;
  readonly offset: number;
  readonly counts: readonly number[];
}

/** One metric of one pod at one time, in OpenTelemetry's names and UCUM units. Sums are cumulative. */
export type ShopMetric = {
  readonly pod: Pod;
  readonly name: string;
  readonly unit: string;
  readonly description: string;
} & (
  | { readonly kind: 'counter' | 'gauge' | 'upDownCounter'; readonly points: readonly NumberPoint[] }
  | { readonly kind: 'histogram'; readonly points: readonly HistogramPoint[] }
  | { readonly kind: 'exponentialHistogram'; readonly points: readonly ExponentialPoint[] }
);

/** What was made of one minute: spans and logs of the requests that began in it, metrics as of its scrapes. */
export interface ShopRecords {
  /** ns since the epoch. */
  readonly from: bigint;
  readonly to: bigint;
  readonly spans: readonly ShopSpan[];
  readonly logs: readonly ShopLog[];
  readonly metrics: readonly ShopMetric[];
}
