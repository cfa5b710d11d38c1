/** What one comparison of windows looks at, at most. */
export interface ComparisonLimits {
  /** Spans and logs of both windows together; of more, whole traces are left out. */
  readonly spans: number;
  readonly logs: number;
  /** Series of pods; of more, whole metrics are left out. */
  readonly series: number;
  /** Records of a time that are looked at to tell whether it is calm: half of them tell it well enough. */
  readonly recordsToChooseBy: number;
}

export const standardLimits: ComparisonLimits = {
  spans: 600_000,
  logs: 400_000,
  series: 20_000,
  recordsToChooseBy: 200_000,
};
