import type { VectorMatching } from '../ast.ts';
import { type Labels, METRIC_NAME } from '../labels.ts';

/** How the series of two vectors are matched. */
export interface Signatures {
  /** Equal for labels that match each other. */
  readonly keyOf: (labels: Labels) => string;
  /** The labels that are matched by. */
  readonly matchedLabels: (labels: Labels) => Labels;
}

/** The signatures of `on (labels)`, or of `ignoring (labels)`, which ignores the name too. */
export function signatures({ on, labels: names }: Pick<VectorMatching, 'on' | 'labels'>): Signatures {
  const set = new Set(on ? names : [...names, METRIC_NAME]);
  return {
    keyOf: (labels) => labels.keyOf(set, !on),
    matchedLabels: (labels) => (on ? labels.keep(set) : labels.drop(set)),
  };
}
