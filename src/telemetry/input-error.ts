/** Where in a text that a client sent something is wrong: UTF-16 offsets, `end` exclusive. */
export interface Place {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/**
 * What a client sent can't be used. The message is written for that client: what was wrong and what
 * would work. It never holds internal text (SQL, paths, hosts, a library's own error).
 */
export class InputError extends Error {
  override readonly name = 'InputError';
  readonly place: Place | undefined;
  /** The message repeats labels or other text of telemetry, which may say anything. */
  readonly quotesTelemetry: boolean;

  constructor(message: string, place?: Place, { quotesTelemetry = false } = {}) {
    super(message);
    this.place = place;
    this.quotesTelemetry = quotesTelemetry;
  }
}
