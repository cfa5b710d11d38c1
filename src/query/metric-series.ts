import type { Labels } from '../promql/labels.ts';
import type { Listed, SeriesSelection } from '../store/metrics/metric-store.ts';
import type { MetricMetadata } from '../store/rows/metric-record.ts';
import type { MetadataRequest, SeriesRequest } from './metric-requests.ts';
import { metricOptions, metricStoreOf } from './metric-subject.ts';
import type { Call } from './queries.ts';
import type { QueryContext } from './subject.ts';

/** What one answer lists at most, in series, names or values, whatever is asked. */
const mostListed = 100_000;

/** Metadata of one metric: senders rarely disagree in more ways. */
const mostPerMetric = 1_000;

/** The end of the years that a time may have, in ms since the epoch. */
const endOfTime = Date.UTC(2262, 0, 1) - 1;

/** Label sets of the series that meet a selector. */
export async function series(
  context: QueryContext,
  request: SeriesRequest,
  call: Call,
): Promise<Listed<Labels>> {
  return metricStoreOf(context).series(selectionOf(request), metricOptions(call));
}

/** Names of labels that those series have. */
export async function labelNames(
  context: QueryContext,
  request: SeriesRequest,
  call: Call,
): Promise<Listed<string>> {
  return metricStoreOf(context).labelNames(selectionOf(request), metricOptions(call));
}

/** Values that a label has among those series. */
export async function labelValues(
  context: QueryContext,
  label: string,
  request: SeriesRequest,
  call: Call,
): Promise<Listed<string>> {
  return metricStoreOf(context).labelValues(label, selectionOf(request), metricOptions(call));
}

/** Types, units and help texts, by metric family. */
export async function metricMetadata(
  context: QueryContext,
  { metric, limit, limitPerMetric }: MetadataRequest,
  call: Call,
): Promise<ReadonlyMap<string, readonly MetricMetadata[]>> {
  const request = {
    metric,
    limit: limitOf(limit, mostListed),
    limitPerMetric: limitOf(limitPerMetric, mostPerMetric),
  };
  return metricStoreOf(context).metadata(request, metricOptions(call));
}

function selectionOf({ selectors, start, end, limit }: SeriesRequest): SeriesSelection {
  const range =
    start === undefined && end === undefined ? undefined : { from: start ?? 0, to: end ?? endOfTime };
  return { selectors, range, limit: limitOf(limit, mostListed) };
}

/** 0 and an absent limit ask for all there is. */
function limitOf(asked: number | undefined, most: number): number {
  return asked === undefined || asked === 0 ? most : Math.min(asked, most);
}
