/**
 * Attributes as key, value, key, value, …: each key once, each value as text, in the form that the
 * OpenTelemetry Collector's `Value.AsString` gives it.
 */
export type Attributes = readonly string[];

/** Where records come from. One object stands for all records of a scope, so it can be compared by identity. */
export interface Origin {
  readonly resource: { readonly attributes: Attributes; readonly schemaUrl: string };
  readonly scope: {
    readonly name: string;
    readonly version: string;
    readonly attributes: Attributes;
    readonly schemaUrl: string;
  };
  /** Why none of its records can be stored, where something is wrong with the origin itself. */
  readonly defect: string | undefined;
}

interface Identified {
  /** Lower-case hexadecimal; empty where there is none. Not checked for its length. */
  readonly traceId: string;
  readonly spanId: string;
}

/** A log record. Times are nanoseconds since the epoch, 0 where there is none. */
export interface LogRecord extends Identified {
  readonly time: bigint;
  readonly observedTime: bigint;
  /** 0 (not given), or 1 to 24. */
  readonly severityNumber: number;
  readonly severityText: string;
  readonly body: string;
  readonly attributes: Attributes;
  /** The W3C trace flags are its lowest 8 bits. */
  readonly flags: number;
  readonly eventName: string;
  /** Why it can't be stored, where something is wrong with it. */
  readonly defect: string | undefined;
}

export interface SpanEvent {
  readonly time: bigint;
  readonly name: string;
  readonly attributes: Attributes;
}

export interface SpanLink extends Identified {
  readonly traceState: string;
  readonly attributes: Attributes;
}

/** A span. Times are nanoseconds since the epoch, 0 where there is none. */
export interface SpanRecord extends Identified {
  readonly parentSpanId: string;
  readonly traceState: string;
  readonly name: string;
  /** Number of OTLP's `SpanKind`. */
  readonly kind: number;
  readonly start: bigint;
  readonly end: bigint;
  readonly attributes: Attributes;
  readonly events: readonly SpanEvent[];
  readonly links: readonly SpanLink[];
  /** Number of OTLP's `StatusCode`. */
  readonly statusCode: number;
  readonly statusMessage: string;
  /** Why it can't be stored, where something is wrong with it. */
  readonly defect: string | undefined;
}

/** The value of an attribute; undefined where there is none of that key. */
export function attribute(attributes: Attributes, key: string): string | undefined {
  for (let i = 0; i < attributes.length; i += 2) {
    if (attributes[i] === key) return attributes[i + 1];
  }
  return undefined;
}
