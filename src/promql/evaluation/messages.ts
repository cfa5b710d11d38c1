import { formatGeneral } from '../go-float.ts';
import { quote } from '../labels.ts';

// The texts of annotations are Prometheus' own, as programs and people know them from there.

/** What was done to histograms when something was noticed. */
export type HistogramOperation = 'addition' | 'subtraction' | 'aggregation';

function forMetric(text: string, metricName: string): string {
  return metricName === '' ? text : `${text} for metric name ${quote(metricName)}`;
}

export const mixedFloatsAndHistograms = (metricName: string): string =>
  `encountered a mix of histograms and floats for metric name ${quote(metricName)}`;

export const mixedInAggregation = (): string => 'encountered a mix of histograms and floats for aggregation';

export const mixedSchemas = (metricName: string): string =>
  `vector contains a mix of histograms with exponential and custom buckets schemas for metric name ${quote(metricName)}`;

export const mixedClassicAndNative = (metricName: string): string =>
  forMetric('vector contains a mix of classic and native histograms', metricName);

export const notACounter = (metricName: string): string =>
  `this native histogram metric is not a counter: ${quote(metricName)}`;

export const notAGauge = (metricName: string): string =>
  `this native histogram metric is not a gauge: ${quote(metricName)}`;

export const invalidQuantile = (q: number): string =>
  `quantile value should be between 0 and 1, got ${formatGeneral(q)}`;

export const invalidRatio = (ratio: number, cap: number): string =>
  `ratio value should be between -1 and 1, got ${formatGeneral(ratio)}, capping to ${formatGeneral(cap)}`;

export const badBucketLabel = (metricName: string, label: string): string =>
  forMetric(`bucket label "le" is missing or has a malformed value of ${quote(label)}`, metricName);

export const incompatibleBucketLayout = (operator: string): string =>
  `incompatible bucket layout encountered for binary operator ${operator}`;

export const sortInRangeQuery = (): string =>
  'sort is ineffective for range queries since results are always ordered by labels';

export const counterResetCollision = (operation: HistogramOperation): string =>
  `conflicting counter resets during histogram ${operation}`;

export const possibleNonCounter = (metricName: string): string =>
  `metric might not be a counter, name does not end in _total/_sum/_count/_bucket: ${quote(metricName)}`;

export const possibleNonCounterType = (metricName: string, type: string): string =>
  `metric might not be a counter, __type__ label is not set to "counter" or "histogram", got ${quote(type)}: ${quote(metricName)}`;

export const nonMonotonicBuckets = (metricName: string): string =>
  forMetric(
    'input to histogram_quantile needed to be fixed for monotonicity (see https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile)',
    metricName,
  );

export const incompatibleTypes = (left: string, operator: string, right: string): string =>
  `incompatible sample types encountered for binary operator ${quote(operator)}: ${left} ${operator} ${right}`;

export const histogramIgnoredInAggregation = (aggregation: string): string =>
  `ignored histogram in ${aggregation} aggregation`;

export const histogramsIgnoredInRange = (metricName: string): string =>
  `ignored histograms in a range containing both floats and histograms for metric name ${quote(metricName)}`;

export const quantileOfNanIsNan = (metricName: string): string =>
  forMetric('input to histogram_quantile has NaN observations, result is NaN', metricName);

export const quantileSkewedByNan = (metricName: string): string =>
  forMetric('input to histogram_quantile has NaN observations, result is skewed higher', metricName);

export const fractionExcludesNan = (metricName: string): string =>
  forMetric(
    'input to histogram_fraction has NaN observations, which are excluded from all fractions',
    metricName,
  );

export const reconciledBounds = (operation: HistogramOperation): string =>
  `mismatched custom buckets were reconciled during ${operation}`;
