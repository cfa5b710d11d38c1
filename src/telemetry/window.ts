/** A half-open span of time, `[from, to)`, in nanoseconds since the epoch. */
export interface Window {
  readonly from: bigint;
  readonly to: bigint;
}

/** The shortest window that holds all of these, of which there is at least one. */
export function hullOf([first, ...others]: readonly [Window, ...Window[]]): Window {
  let { from, to } = first;
  for (const other of others) {
    if (other.from < from) from = other.from;
    if (other.to > to) to = other.to;
  }
  return { from, to };
}
