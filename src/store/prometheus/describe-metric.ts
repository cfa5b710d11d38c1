import { compareText, METRIC_NAME } from '../../promql/labels.ts';
import { InputError } from '../../telemetry/input-error.ts';
import type { LabelDescription } from '../metrics/metric-store.ts';

/** Different values of all labels together that are counted. */
const mostValues = 1_000_000;

/** How many series a metric has, and what labels they carry. */
export interface SeriesSummary {
  readonly series: number;
  /** Ordered by name, without `__name__`. */
  readonly labels: readonly LabelDescription[];
}

/**
 * Counts series and the values of their labels.
 *
 * @param exampleValues values to give for each label: those of the most series, then in byte order
 * @throws {InputError} for more different values than can be counted
 */
export async function summarizeSeries(
  labelSets: AsyncIterable<Readonly<Record<string, string>>>,
  exampleValues: number,
): Promise<SeriesSummary> {
  const counts = new Map<string, Map<string, number>>();
  let series = 0;
  let values = 0;
  for await (const labels of labelSets) {
    series++;
    for (const [name, value] of Object.entries(labels)) {
      if (name === METRIC_NAME || value === '') continue;
      let ofLabel = counts.get(name);
      if (ofLabel === undefined) {
        ofLabel = new Map();
        counts.set(name, ofLabel);
      }
      const count = ofLabel.get(value) ?? 0;
      if (count === 0 && ++values > mostValues) throw tooManyValues();
      ofLabel.set(value, count + 1);
    }
  }
  const labels = [...counts].map(([name, ofLabel]): LabelDescription => {
    const ordered = [...ofLabel].sort(([a, x], [b, y]) => y - x || compareText(a, b));
    return {
      name,
      valuesTotal: ofLabel.size,
      exampleValues: ordered.slice(0, exampleValues).map(([value]) => value),
    };
  });
  return { series, labels: labels.sort((a, b) => compareText(a.name, b.name)) };
}

function tooManyValues(): InputError {
  return new InputError(
    'The labels of the metric have too many different values to count. Use a shorter time.',
  );
}
