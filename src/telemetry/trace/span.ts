/** A span as it was recorded. Times are ns from the start of its trace, exact up to 104 days. */
export interface Span {
  readonly spanId: string;
  /** Empty for a root. */
  readonly parentSpanId: string;
  readonly name: string;
  /** client, server, producer, consumer or internal. */
  readonly role: string;
  readonly cluster: string;
  readonly namespace: string;
  readonly workload: string;
  readonly pod: string;
  readonly failed: boolean;
  /** What the span says of its failure, else its first exception. */
  readonly message: string;
  readonly protocol: string;
  readonly returnCode: string;
  /** The route, or the path without ids. */
  readonly resource: string;
  /** Whom a client span calls, as its attributes say. */
  readonly peer: string;
  readonly start: number;
  readonly duration: number;
}

export const endOf = ({ start, duration }: Pick<Span, 'start' | 'duration'>): number => start + duration;
