import type { Limits } from '../access/principal.ts';
import { isLabelName, type Labels, METRIC_NAME } from '../promql/labels.ts';
import type { MetricMetadata, MetricSample, MetricType } from '../store/rows/metric-record.ts';

/** What the labels of one series may come to. */
export interface LabelLimits {
  /** Labels of a series, with its name. */
  readonly labels: number;
  /** Bytes of a label's name, and of a metric's, in UTF-8. */
  readonly nameBytes: number;
  /** Bytes of a label's value in UTF-8. */
  readonly valueBytes: number;
}

export const labelLimits: LabelLimits = { labels: 256, nameBytes: 1024, valueBytes: 64 << 10 };

const day = 86_400_000;
/** 2149-01-01T00:00:00Z in milliseconds: later in that year ClickHouse's Date ends. */
const endOfTime = Date.UTC(2149, 0, 1);

/** Why no sample of a series with these labels may be stored with a key of these limits; undefined if they may. */
export function seriesRejection(labels: Labels, limits: Limits): string | undefined {
  return (
    formRejection(labels) ??
    outside(labels, 'namespace', 'k8s.namespace.name', limits.namespaces) ??
    outside(labels, 'cluster', 'k8s.cluster.name', limits.clusters)
  );
}

function formRejection(labels: Labels): string | undefined {
  const { labels: most, nameBytes, valueBytes } = labelLimits;
  if (labels.metricName === '') return 'a series has no metric name';
  if (labels.size > most) return `a series has more than ${most} labels`;
  for (const [name, value] of labels) {
    if (!isLabelName(name) || !isLabelName(value)) return "a label's name or value is not valid UTF-8";
    if (isLonger(name, nameBytes)) return `a label's name is longer than ${nameBytes} bytes`;
    if (name === METRIC_NAME && isLonger(value, nameBytes)) {
      return `a metric's name is longer than ${nameBytes} bytes`;
    }
    if (isLonger(value, valueBytes)) return `a label's value is longer than ${valueBytes} bytes`;
  }
  return undefined;
}

/** A character of UTF-16 has at most three bytes in UTF-8. */
const isLonger = (text: string, bytes: number): boolean =>
  text.length * 3 > bytes && Buffer.byteLength(text) > bytes;

function outside(
  labels: Labels,
  name: string,
  key: string,
  allowed: readonly string[] | undefined,
): string | undefined {
  if (allowed === undefined) return undefined;
  const value = labels.get(name);
  if (value === '') {
    return `the key is limited to ${name}s, and a series has no label ${name} (in OTLP the resource attribute ${key})`;
  }
  return allowed.includes(value) ? undefined : `the key may not write ${name} ${JSON.stringify(value)}`;
}

/**
 * Why a sample may not be stored for its time; undefined if it may.
 *
 * @param arrival milliseconds since the epoch
 */
export function sampleRejection({ timestamp }: MetricSample, arrival: number): string | undefined {
  if (timestamp < 0) return 'a time is before 1970';
  if (timestamp >= endOfTime) return 'a time is after 2148';
  return timestamp > arrival + day ? "a time is more than one day ahead of the server's clock" : undefined;
}

/** Whether a sample has no start time, or one that can be. */
export function hasSoundStart({ timestamp, startTimestamp }: MetricSample): boolean {
  return startTimestamp === undefined || (startTimestamp >= 0 && startTimestamp <= timestamp);
}

export const wrongStart = 'a start time before 1970 or after the time of its sample was left out';

/** Longer texts are cut, as each series keeps its own. */
const longestHelp = 1024;
const longestUnit = 64;

/** What a sender said of a metric, as it is stored. */
export function metadataOf(type: MetricType, unit: string, help: string): MetricMetadata {
  return { type, unit: cut(unit, longestUnit), help: cut(help, longestHelp) };
}

/** Without the half of a surrogate pair that the cut may leave. */
function cut(text: string, longest: number): string {
  if (text.length <= longest) return text;
  const start = text.slice(0, longest).replace(/[\uD800-\uDBFF]$/, '');
  // A copy: a slice would keep the whole text in memory for as long as the series is remembered.
  return Buffer.from(start).toString();
}

/** Whether a metric family can have series: a name that is too long is not worth remembering. */
export const isFamilyName = (name: string): boolean =>
  isLabelName(name) && !isLonger(name, labelLimits.nameBytes);
