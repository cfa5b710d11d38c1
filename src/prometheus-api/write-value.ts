import { formatDecimal } from '../promql/go-float.ts';
import { allBuckets, type Bucket } from '../promql/histogram/bounds.ts';
import type { Histogram } from '../promql/histogram.ts';
import type { MatrixSeries, QueryValue, VectorSample } from '../promql/query-result.ts';

/**
 * The `data` of a query as JSON, in pieces, exactly as Prometheus writes it.
 *
 * @param time of an instant query, in milliseconds since the epoch
 */
export function* writeValue(value: QueryValue, time: number): Generator<string> {
  yield `{"resultType":"${value.type}","result":`;
  switch (value.type) {
    case 'scalar':
      yield `[${time / 1000},"${formatDecimal(value.result)}"]`;
      break;
    case 'string':
      yield `[${time / 1000},${JSON.stringify(value.result)}]`;
      break;
    case 'vector':
      yield* writeVector(value.result, writeTime(time));
      break;
    case 'matrix':
      yield* writeMatrix(value.result);
      break;
  }
  yield '}';
}

/** The items of a list, and the brackets and commas between them. */
export function* writeList<T>(items: Iterable<T>, write: (item: T) => string): Generator<string> {
  let before = '[';
  for (const item of items) {
    yield before + write(item);
    before = ',';
  }
  yield before === '[' ? '[]' : ']';
}

function writeVector(samples: readonly VectorSample[], time: string): Generator<string> {
  return writeList(samples, ({ labels, value, histogram }) => {
    const metric = `{"metric":${labels.json}`;
    return histogram === undefined
      ? `${metric},"value":[${time},"${writeFloat(value)}"]}`
      : `${metric},"histogram":[${time},${writeHistogram(histogram)}]}`;
  });
}

function writeMatrix(series: readonly MatrixSeries[]): Generator<string> {
  const betweenValues = new BetweenValues();
  return writeList(series, (one) => writeSeries(one, betweenValues));
}

/**
 * What stands between the value of one point and that of the next, which is the time of the next. Series of a
 * matrix have nearly the same times, so the one after the last is tried first.
 */
class BetweenValues {
  readonly #texts: string[] = [];
  readonly #times: number[] = [];
  readonly #places = new Map<number, number>();
  #next = 0;

  upTo(time: number): string {
    let place = this.#next;
    if (this.#times[place] !== time) {
      place = this.#places.get(time) ?? this.#times.length;
      if (place === this.#times.length) this.#add(time);
    }
    this.#next = place + 1;
    return this.#texts[place] ?? '';
  }

  #add(time: number): void {
    this.#places.set(time, this.#times.length);
    this.#times.push(time);
    this.#texts.push(`"],[${writeTime(time)},"`);
  }
}

function writeSeries(series: MatrixSeries, betweenValues: BetweenValues): string {
  const { labels, timestamps, values, histograms } = series;
  let floatPoints = '';
  let histogramPoints = '';
  for (let i = 0; i < timestamps.length; i++) {
    const time = timestamps[i] ?? 0;
    const histogram = histograms?.[i];
    if (histogram === undefined) {
      floatPoints += betweenValues.upTo(time) + writeFloat(values[i] ?? 0);
    } else {
      histogramPoints += `,[${writeTime(time)},${writeHistogram(histogram)}]`;
    }
  }
  let text = `{"metric":${labels.json}`;
  // In front of the first point is nothing to end.
  if (floatPoints !== '') text += `,"values":[${floatPoints.slice(3)}"]]`;
  if (histogramPoints !== '') text += `,"histograms":[${histogramPoints.slice(1)}]`;
  return `${text}}`;
}

/** Seconds with no or three decimals. */
function writeTime(ms: number): string {
  const absolute = Math.abs(ms);
  const fraction = absolute % 1000;
  const decimals = fraction === 0 ? '' : `.${String(fraction).padStart(3, '0')}`;
  return `${ms < 0 ? '-' : ''}${Math.floor(absolute / 1000)}${decimals}`;
}

/** As JavaScript writes a number, but for an exponent's digits, infinities and the negative zero. */
function writeFloat(value: number): string {
  const absolute = Math.abs(value);
  if (absolute < 1e21 && absolute >= 1e-6) return String(value);
  if (value === 0 || !Number.isFinite(value)) return formatDecimal(value);
  return String(value).replace(/e([+-])(\d)$/, 'e$10$2');
}

function writeHistogram(histogram: Histogram): string {
  const { count, sum } = histogram;
  const buckets = allBuckets(histogram).filter((bucket) => bucket.count !== 0);
  const list = buckets.length === 0 ? '' : `,"buckets":[${buckets.map(writeBucket).join(',')}]`;
  return `{"count":"${writeFloat(count)}","sum":"${writeFloat(sum)}"${list}}`;
}

/** Which bounds belong to a bucket: 0 the upper, 1 the lower, 2 none, 3 both. */
function writeBucket({ lower, upper, lowerInclusive, upperInclusive, count }: Bucket): string {
  const bounds = lowerInclusive ? (upperInclusive ? 3 : 1) : upperInclusive ? 0 : 2;
  return `[${bounds},"${writeFloat(lower)}","${writeFloat(upper)}","${writeFloat(count)}"]`;
}
