import type { Span } from '../ast.ts';
import { formatGeneral } from '../go-float.ts';
import { positionAt } from '../syntax-error.ts';

/** Warnings say that a result may be wrong, infos that a query may not mean what it says. */
export type Severity = 'warning' | 'info';

interface Annotation {
  readonly severity: Severity;
  readonly text: string;
  readonly span: Span;
  /** What was added up over several occurrences, for the text. */
  readonly details?: (() => string) | undefined;
}

/** Where the counts of a classic histogram went down from one bucket to the next at a step. */
export interface NonMonotonicBuckets {
  readonly time: number;
  readonly lowestBucket: number;
  readonly highestBucket: number;
  readonly largestDifference: number;
}

interface NonMonotonicSummary {
  count: number;
  firstTime: number;
  lastTime: number;
  lowestBucket: number;
  highestBucket: number;
  largestDifference: number;
}

/**
 * What is to be said about a query, in Prometheus' words. Each text occurs once, with the place of its
 * last occurrence.
 */
export class Annotations {
  readonly #byText = new Map<string, Annotation>();
  readonly #nonMonotonic = new Map<string, NonMonotonicSummary>();
  readonly #overlaps = new Map<string, number>();

  warn(text: string, span: Span): void {
    this.#byText.set(text, { severity: 'warning', text: `PromQL warning: ${text}`, span });
  }

  inform(text: string, span: Span): void {
    this.#byText.set(text, { severity: 'info', text: `PromQL info: ${text}`, span });
  }

  /** Buckets had to be raised for a quantile; occurrences with the same text are summed up. */
  informNonMonotonic(text: string, span: Span, buckets: NonMonotonicBuckets): void {
    const known = this.#nonMonotonic.get(text);
    const { time, lowestBucket, highestBucket, largestDifference } = buckets;
    if (known === undefined) {
      const summary = {
        count: 1,
        firstTime: time,
        lastTime: time,
        lowestBucket,
        highestBucket,
        largestDifference,
      };
      this.#nonMonotonic.set(text, summary);
      const details = (): string => describeNonMonotonic(summary);
      this.#byText.set(text, { severity: 'info', text: `PromQL info: ${text}`, span, details });
      return;
    }
    known.count++;
    known.firstTime = Math.min(known.firstTime, time);
    known.lastTime = Math.max(known.lastTime, time);
    known.lowestBucket = Math.min(known.lowestBucket, lowestBucket);
    known.highestBucket = Math.max(known.highestBucket, highestBucket);
    known.largestDifference = Math.max(known.largestDifference, largestDifference);
  }

  /** A sample began before the one in front of it ended; occurrences are counted for each metric. */
  warnStartOverlap(metricName: string, span: Span): void {
    const text = `sample has start time that overlaps with previous sample timestamp for metric "${metricName}"`;
    this.#overlaps.set(text, (this.#overlaps.get(text) ?? 0) + 1);
    const details = (): string => {
      const count = this.#overlaps.get(text) ?? 0;
      return count > 1 ? ` (${count} occurrences)` : '';
    };
    this.#byText.set(text, { severity: 'warning', text: `PromQL warning: ${text}`, span, details });
  }

  /** The texts of a severity, each with its line and column in the query. */
  texts(severity: Severity, query: string): string[] {
    const chosen = [...this.#byText.values()].filter((annotation) => annotation.severity === severity);
    return chosen.map(({ text, span, details }) => {
      const { line, column } = positionAt(query, span.start);
      return `${text}${details?.() ?? ''} (${line}:${column})`;
    });
  }
}

function describeNonMonotonic(summary: NonMonotonicSummary): string {
  const { count, firstTime, lastTime, lowestBucket, highestBucket, largestDifference } = summary;
  const buckets = `from buckets ${formatGeneral(lowestBucket)} to ${formatGeneral(highestBucket)}`;
  const difference = `with a max diff of ${formatGeneral(largestDifference, 2)}`;
  const times = `over ${count} samples from ${formatSecond(firstTime)} to ${formatSecond(lastTime)}`;
  return `, ${buckets}, ${difference}, ${times}`;
}

function formatSecond(time: number): string {
  return new Date(Math.trunc(time / 1000) * 1000).toISOString().replace('.000Z', 'Z');
}
