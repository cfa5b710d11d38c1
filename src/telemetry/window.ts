/** A half-open span of time, `[from, to)`, in nanoseconds since the epoch. */
export interface Window {
  readonly from: bigint;
  readonly to: bigint;
}
