import type { Series, ValueUnit } from '../../query/results.ts';
import { numberTextsInOneUnit } from './number.ts';
import { bucketTexts } from './time.ts';

/**
 * Samples at their own times, one line a series: the latest `most` of each, in order of time.
 *
 * @param numbered the lines begin with the number of their series
 */
export function sampleLines(
  series: readonly Series[],
  most: number,
  numbered: boolean,
  unit: ValueUnit | undefined,
): { readonly lines: readonly string[]; readonly notes: readonly string[]; readonly rounded: boolean } {
  const kept = series.map(({ points = [] }) => points.slice(Math.max(0, points.length - most)));
  if (kept.every(({ length }) => length === 0)) return { lines: [], notes: [], rounded: false };
  const numbers = numberTextsInOneUnit(
    kept.flatMap((points) => points.map(([, value]) => value)),
    unit,
  );
  let shown = 0;
  const lines = kept.map((points, i) => {
    const times = bucketTexts(points.map(([time]) => time));
    const samples = points.map((_, at) => `${times[at]}=${numbers.texts[shown + at]}`);
    shown += points.length;
    return [...(numbered ? [`#${i + 1}`] : []), ...samples].join('\t');
  });
  const inUnit = numbers.unit === undefined ? '' : ` (values in ${numbers.unit})`;
  const cut = kept.some(({ length }, i) => length < (series[i]?.points?.length ?? 0));
  const notes = cut ? [`the latest ${most} samples of each series are shown: ask for a shorter range`] : [];
  return { lines: [`samples: time=value${inUnit}`, ...lines], notes, rounded: numbers.rounded };
}
