import { addHistograms, subtractHistograms } from '../histogram/sum.ts';
import { parseHistogram } from './histogram-literal.ts';
import { toNumber } from './literals.ts';
import type { HistogramPoint, SeriesPoint } from './script.ts';

const number = String.raw`(?:inf|nan|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:e[+-]?\d+)?)`;
const floatItem = new RegExp(`^([+-]?${number})(?:([+-]${number})(?=x))?(?:x(\\d+))?$`, 'i');
const histogramItem = /^\{\{(.*?)\}\}(?:([+-])\{\{(.*?)\}\})?(?:x(\d+))?$/;
const item = /(?:\{\{.*?\}\}|\S)+/g;

/**
 * Reads the points of a series: `1+2x3` is 1 3 5 7, `5x2` is 5 5 5, `_` is no point, `_x4` four of them,
 * `stale` a staleness marker, `{{…}}` a native histogram. Throws a SyntaxError that names what is wrong.
 */
export function parsePoints(text: string): readonly SeriesPoint[] {
  return (text.match(item) ?? []).flatMap(parseItem);
}

function parseItem(source: string): readonly SeriesPoint[] {
  const omitted = /^_(?:x(\d+))?$/.exec(source);
  if (omitted !== null) return Array.from({ length: Number(omitted[1] ?? 1) }, () => undefined);
  if (source === 'stale') return [{ value: Number.NaN, stale: true }];

  const float = floatItem.exec(source);
  if (float !== null) {
    const [, first = '', step, times] = float;
    return floatPoints(toNumber(first), step === undefined ? undefined : toNumber(step), Number(times ?? 0));
  }
  const histogram = histogramItem.exec(source);
  if (histogram !== null) {
    const [, first = '', sign, step, times] = histogram;
    const base = parseHistogram(first);
    if (step === undefined) return Array.from({ length: Number(times ?? 0) + 1 }, () => base);
    if (times === undefined) throw new SyntaxError(`${source} lacks a count, such as x5`);
    return histogramPoints(base, parseHistogram(step), sign === '-', Number(times));
  }
  throw new SyntaxError(`${source} is no value of a series`);
}

// Steps are added one after another, so that rounding is as in Prometheus.
function floatPoints(first: number, step: number | undefined, times: number): readonly SeriesPoint[] {
  const points: SeriesPoint[] = [];
  for (let i = 0, value = first; i <= times; i++) {
    points.push({ value, stale: false });
    if (step !== undefined) value += step;
  }
  return points;
}

function histogramPoints(
  base: HistogramPoint,
  step: HistogramPoint,
  isDecrease: boolean,
  times: number,
): readonly SeriesPoint[] {
  const points: SeriesPoint[] = [{ ...base, hasHint: step.hasHint }];
  let current = base.histogram;
  for (let i = 1; i <= times; i++) {
    if (current.schema > step.histogram.schema) {
      throw new SyntaxError(`schema ${step.histogram.schema} can't be added to schema ${current.schema}`);
    }
    current = (isDecrease ? subtractHistograms : addHistograms)(current, step.histogram).histogram;
    points.push({ histogram: current, hasHint: step.hasHint });
  }
  return points;
}
