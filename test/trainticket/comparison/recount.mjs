// Counts, from the recorded files alone, what compare-windows printed: reads its answers (a list, as JSON) from the file
// that is named, and prints for each what its numbers have to be.
// usage: node test/trainticket/comparison/recount.mjs answers.json
import { readFileSync } from 'node:fs';
import { nanoseconds, recordsIn } from '../cases.mjs';
import { readLogs, readPoints, readSpans } from '../recording.mjs';
import { candidatesOf, chosenOf } from './baseline.mjs';
import { metricsBySeries } from './metrics.mjs';
import { countOnset, shareOnset, valueOnset } from './onsets.mjs';
import { entriesOf, ownTimeOf } from './requests.mjs';
import { templateOf } from './template.mjs';

const spans = await readSpans();
const logs = await readLogs();
const points = metricsBySeries(await readPoints());
const entries = entriesOf(spans);
for (const log of logs) {
  const span = entries.spanOf(log.trace_id, log.span_id);
  const entry = span && entries.of(span);
  log.entry = entry?.workload === log.workload ? entry : undefined;
}
const requests = spans.filter((span) => entries.of(span) === span);

const answers = JSON.parse(readFileSync(process.argv[2], 'utf8'));
process.stdout.write(JSON.stringify(answers.map(recount)));

/** Every number of an answer, once more. */
function recount({ window, baseline, changes }) {
  const now = { from: nanoseconds(window.from), to: nanoseconds(window.to) };
  const then = { from: nanoseconds(baseline.from), to: nanoseconds(baseline.to) };
  const stretch = stretchOf(now);
  const sides = [then, now].map((period) => sideOf(period, stretch));
  const candidates = candidatesOf([spans, logs], now, stretch);
  const both = (count) => ({ baseline: count(sides[0]), window: count(sides[1]) });
  return {
    stretch_s: Number(stretch) / 1e9,
    spans: both((side) => side.spans.length),
    logs: both((side) => side.logs.length),
    candidates: candidates.length,
    chosen: chosenOf(candidates, now, requests, logs),
    changes: changes.map((change) => changeOf(change, sides)),
  };
}

/** 30 s in windows up to six minutes, but at least four of them; a twelfth of longer ones. */
function stretchOf({ from, to }) {
  const wished = Math.round(Number(to - from) / 30e9);
  const stretches = BigInt(Math.min(12, Math.max(4, wished)));
  return (to - from + stretches - 1n) / stretches;
}

function sideOf({ from, to }, stretch) {
  return {
    from,
    to,
    stretch,
    stretches: Math.ceil(Number(to - from) / Number(stretch)),
    spans: recordsIn(spans, from, to),
    requests: recordsIn(requests, from, to),
    logs: recordsIn(logs, from, to),
  };
}

function changeOf(change, sides) {
  switch (change.kind) {
    case 'error-pattern':
    case 'fewer-errors':
    case 'pattern':
      return shareOf(change, sides);
    case 'duration':
      return timesOf(change, sides.map(requestsOf(change)), sides, ({ duration }) => duration);
    case 'own-time':
      return timesOf(change, sides.map(requestsOf(change)), sides, (span) => ownTimeOf(span, entries));
    case 'call-time':
      return timesOf(change, sides.map(callsOf(change)), sides, ({ duration }) => duration);
    case 'gap':
      return timesOf(change, sides.map(servedCallsOf(change)), sides, gapOf);
    case 'rate':
    case 'new-operation':
    case 'gone-operation':
    case 'new-workload':
    case 'gone-workload':
      return rateOf(sides.map(requestsOf(change)), sides);
    case 'metric':
      return levelOf(change, sides);
    default:
      throw new Error(`The recording is not known to show a change of ${change.kind}`);
  }
}

/** The requests of the operation that a change is about, or of all of its workload where it names none. */
function requestsOf({ workload, operation, subject }) {
  const name = operation ?? subject;
  return (side) =>
    side.requests.filter(
      (request) => request.workload === workload && (name === undefined || request.operation_name === name),
    );
}

/** The calls to a peer below which neither serving nor another call is recorded. */
function callsOf({ workload, peer = '' }) {
  return (side) =>
    side.spans.filter(
      (span) =>
        span.workload === workload &&
        (span.role === 'client' || span.role === 'producer') &&
        (span.server ?? '') === peer &&
        entries.childrenOf(span).every(({ role }) => role === 'internal'),
    );
}

/** The client spans right above serving spans of the peer that took no longer than they did. */
function servedCallsOf({ workload, peer }) {
  return (side) => side.spans.filter((span) => span.workload === workload && gapOf(span, peer) >= 0);
}

/** How much longer a client span took than what served it. */
function gapOf(span, peer) {
  if (span.role !== 'client') return Number.NaN;
  const served = entries
    .childrenOf(span)
    .find(
      ({ role, workload }) =>
        role === 'server' && workload !== span.workload && workload === (peer ?? workload),
    );
  return served === undefined ? Number.NaN : span.duration - served.duration;
}

/** The share of requests that wrote a line of a pattern, the line and the request's start in the same window. */
function shareOf(change, sides) {
  const { workload, operation, level, subject } = change;
  const matches = templateOf(subject);
  const [before, after] = sides.map((side) => {
    const all = requestsOf(change)(side);
    const lines = side.logs.filter(
      (log) =>
        log.workload === workload &&
        log.level === level &&
        log.entry?.operation_name === operation &&
        matches(log.body),
    );
    const writers = new Set(lines.map(({ entry }) => entry));
    return { all, hits: all.filter((request) => writers.has(request)) };
  });
  return {
    before: before.hits.length / before.all.length,
    after: after.hits.length / after.all.length,
    ...samplesOf([before.all, after.all]),
    since: shareOnset(
      [before.hits.length, ...byStretch(after.hits, sides[1])],
      [before.all.length, ...byStretch(after.all, sides[1])],
    ),
  };
}

/** Times by nearest rank; they began to be others where the share above the median of both windows changed. */
function timesOf({ quantile }, [before, after], [, window], timeOf) {
  const [old, now] = [before.map(timeOf), after.map(timeOf)];
  const middle = nearestRank([...old, ...now], 0.5);
  const above = (list, times) => list.filter((_, i) => times[i] > middle);
  return {
    before: nearestRank(old, quantile),
    after: nearestRank(now, quantile),
    ...samplesOf([before, after]),
    since: shareOnset(
      [above(before, old).length, ...byStretch(above(after, now), window)],
      [before.length, ...byStretch(after, window)],
    ),
  };
}

/** By minute, over the stretches in which anything was served. */
function rateOf(lists, sides) {
  const [before, after] = sides.map((side, i) => {
    const counts = byStretch(lists[i], side);
    const served = byStretch(side.requests, side);
    const busy = served.flatMap((count, at) => (count > 0 ? [at] : []));
    return { busy, counts: busy.map((at) => counts[at]) };
  });
  const minute = 60e9 / Number(sides[0].stretch);
  return {
    before: mean(before.counts) * minute,
    after: mean(after.counts) * minute,
    ...samplesOf(lists),
    since: after.busy[countOnset(before.counts, after.counts)],
  };
}

/** The medians of the means of the stretches. */
function levelOf({ workload, pod, subject }, sides) {
  const series = points.get(`${pod} ${subject}`);
  if (series?.workload !== workload) throw new Error(`${workload} has no series ${pod} ${subject}`);
  const [before, after] = sides.map((side) => {
    const own = recordsIn(series.points, side.from, side.to);
    return byStretch(own, side).flatMap((count, at) => {
      const here = own.filter((point) => stretchAt(point, side) === at);
      return count === 0 ? [] : [[at, mean(here.map(({ value }) => value))]];
    });
  });
  const level = (means) => medianOf(means.map(([, value]) => value));
  return {
    before: level(before),
    after: level(after),
    ...samplesOf([before, after]),
    since: valueOnset(level(before), level(after), after),
  };
}

function stretchAt({ timestamp }, { from, stretch }) {
  return Number((timestamp - from) / stretch);
}

function byStretch(list, side) {
  const counts = new Array(side.stretches).fill(0);
  for (const record of list) counts[stretchAt(record, side)]++;
  return counts;
}

function samplesOf([before, after]) {
  return { samples: { baseline: before.length, window: after.length } };
}

function nearestRank(values, q) {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)];
}

function medianOf(values) {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function mean(values) {
  return values.reduce((a, b) => a + b, 0) / values.length;
}
