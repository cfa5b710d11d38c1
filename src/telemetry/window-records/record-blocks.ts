/** A column of texts, of which many are equal: row i has the text `values[indices[i]]`. */
export interface TextColumn {
  readonly indices: Uint8Array | Uint16Array | Uint32Array;
  readonly values: readonly string[];
}

/** Where records come from, in columns. */
export interface OriginColumns {
  readonly rows: number;
  readonly cluster: TextColumn;
  readonly namespace: TextColumn;
  readonly workload: TextColumn;
  readonly pod: TextColumn;
  /** Hashes of ids, as two halves of 32 bits for each row, the lower first; two zeros where there is none. */
  readonly trace: Uint32Array;
  readonly span: Uint32Array;
}

/** Spans in columns. A span's hash is made of its trace's id too. */
export interface SpanBlock extends OriginColumns {
  /** ns from an origin that all blocks share, and ns. */
  readonly start: Float64Array;
  readonly duration: Float64Array;
  readonly parent: Uint32Array;
  /** One of `role`. */
  readonly role: Uint8Array;
  /** 1 for the status error. */
  readonly failed: Uint8Array;
  readonly operation: TextColumn;
  /** Of client and producer spans: whom they call, as they name it. */
  readonly peer: TextColumn;
}

/** Logs in columns. */
export interface LogBlock extends OriginColumns {
  /** ns from the origin. */
  readonly time: Float64Array;
  readonly level: TextColumn;
  /** The body with its values masked. */
  readonly shape: TextColumn;
}

export const role = { internal: 0, client: 1, producer: 2, server: 3, consumer: 4 } as const;

/** The role by which a request comes into a workload. */
export const serves = (value: number): boolean => value === role.server || value === role.consumer;
/** The role of a span that waits for another workload, or hands something on to it. */
export const calls = (value: number): boolean => value === role.client || value === role.producer;
