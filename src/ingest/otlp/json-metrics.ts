import { attribute } from '../../store/rows/record.ts';
import {
  attributes,
  boolean,
  count,
  counts,
  double,
  doubles,
  each,
  enumeration,
  integer32,
  integer64,
  isAbsent,
  type JsonObject,
  type JsonPlace,
  list,
  object,
  text,
} from './json-values.ts';
import {
  type DataPoint,
  type ExponentialBuckets,
  type ExponentialPoint,
  type HistogramPoint,
  metricKinds,
  mostBuckets,
  type NumberPoint,
  type OtlpMetric,
  type SummaryPoint,
  tooManyBuckets,
} from './metric-model.ts';

const temporalities = ['UNSPECIFIED', 'DELTA', 'CUMULATIVE'].map((name) => `AGGREGATION_TEMPORALITY_${name}`);

const pointReaders = {
  gauge: readNumberPoint,
  sum: readNumberPoint,
  histogram: readHistogramPoint,
  exponentialHistogram: readExponentialPoint,
  summary: readSummaryPoint,
} as const;

/** Reads a Metric. */
export function readMetric(place: JsonPlace, json: JsonObject): OtlpMetric {
  const kind = metricKinds.find((name) => !isAbsent(json[name]));
  const data = kind === undefined ? {} : object(place, json, kind);
  const inData: JsonPlace = { path: () => `${place.path()}.${kind ?? ''}`, defect: undefined };
  return {
    name: text(place, json, 'name'),
    description: text(place, json, 'description'),
    unit: text(place, json, 'unit'),
    prometheusType: attribute(attributes(place, json, 'metadata'), 'prometheus.type') ?? '',
    kind,
    temporality: enumeration(inData, data, 'aggregationTemporality', temporalities),
    monotonic: boolean(inData, data, 'isMonotonic'),
    points: kind === undefined ? [] : each<DataPoint>(inData, data, 'dataPoints', pointReaders[kind]),
  };
}

function readNumberPoint(place: JsonPlace, json: JsonObject): NumberPoint {
  const value = isAbsent(json.asInt)
    ? double(place, json, 'asDouble')
    : Number(integer64(place, json, 'asInt'));
  return { kind: 'number', value, ...pointBase(place, json) };
}

function readHistogramPoint(place: JsonPlace, json: JsonObject): HistogramPoint {
  const bucketCounts = counts(place, json, 'bucketCounts');
  const bounds = doubles(place, json, 'explicitBounds');
  limit(place, Math.max(bucketCounts.length, bounds.length));
  return {
    kind: 'histogram',
    count: count(place, json, 'count'),
    sum: double(place, json, 'sum'),
    bucketCounts,
    bounds,
    ...pointBase(place, json),
  };
}

function readExponentialPoint(place: JsonPlace, json: JsonObject): ExponentialPoint {
  return {
    kind: 'exponential',
    count: count(place, json, 'count'),
    sum: double(place, json, 'sum'),
    scale: integer32(place, json, 'scale'),
    zeroCount: count(place, json, 'zeroCount'),
    zeroThreshold: double(place, json, 'zeroThreshold') ?? 0,
    positive: readBuckets(place, object(place, json, 'positive')),
    negative: readBuckets(place, object(place, json, 'negative')),
    ...pointBase(place, json),
  };
}

function readBuckets(place: JsonPlace, json: JsonObject): ExponentialBuckets {
  const buckets = { offset: integer32(place, json, 'offset'), counts: counts(place, json, 'bucketCounts') };
  limit(place, buckets.counts.length);
  return buckets;
}

function readSummaryPoint(place: JsonPlace, json: JsonObject): SummaryPoint {
  const values = list(place, json, 'quantileValues');
  limit(place, values.length);
  return {
    kind: 'summary',
    count: count(place, json, 'count'),
    sum: double(place, json, 'sum') ?? 0,
    quantiles: values.map((value) => ({
      quantile: double(place, value, 'quantile') ?? 0,
      value: double(place, value, 'value') ?? 0,
    })),
    ...pointBase(place, json),
  };
}

/** Read last: by then it is known whether the point has a defect. */
function pointBase(place: JsonPlace, json: JsonObject) {
  const own = attributes(place, json);
  return {
    attributes: own,
    start: integer64(place, json, 'startTimeUnixNano'),
    time: integer64(place, json, 'timeUnixNano'),
    flags: integer32(place, json, 'flags'),
    defect: place.defect,
  };
}

function limit(place: JsonPlace, buckets: number): void {
  if (buckets > mostBuckets) place.defect ??= tooManyBuckets;
}
