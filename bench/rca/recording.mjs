import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { histogramOf } from '../../dist/telemetry/comparison/histogram.js';

const SERVER = 2;
const CLIENT = 3;
const PRODUCER = 4;
const CONSUMER = 5;

/** A recording of OTLP/JSON lines (`{traces,logs,metrics}.jsonl.gz`), with what a comparison needs of each record. */
export class Recording {
  constructor(folder) {
    this.spans = [];
    for (const [resource, span] of records(folder, 'traces', 'Spans', ({ spans }) => spans)) {
      const start = BigInt(span.startTimeUnixNano);
      this.spans.push({
        at: Number(start / 1_000_000n),
        start: Number(start - ORIGIN),
        duration: Number(BigInt(span.endTimeUnixNano) - start),
        workload: workloadOf(resource),
        pod: podOf(resource),
        peer: peerOf(span),
        name: span.name,
        kind: span.kind,
        failed: span.status?.code === 2,
        trace: span.traceId,
        id: `${span.traceId}${span.spanId}`,
        parent: span.parentSpanId ? `${span.traceId}${span.parentSpanId}` : undefined,
      });
    }
    this.byId = new Map(this.spans.map((span) => [span.id, span]));
    this.children = new Map();
    for (const span of this.spans) {
      if (span.parent !== undefined) take(this.children, span.parent, () => []).push(span);
    }
    for (const span of this.spans) span.entry = this.entryOf(span);
    this.logs = [];
    for (const [resource, log] of records(folder, 'logs', 'Logs', ({ logRecords }) => logRecords)) {
      const entry = this.byId.get(`${log.traceId}${log.spanId}`)?.entry;
      const workload = workloadOf(resource);
      this.logs.push({
        at: Number(BigInt(log.timeUnixNano) / 1_000_000n),
        workload,
        pod: podOf(resource),
        entry: entry?.workload === workload ? entry : undefined,
        level: log.severityText ?? '',
        pattern: patternOf(log.body?.stringValue ?? ''),
      });
    }
    this.metrics = [];
    for (const [resource, metric] of records(folder, 'metrics', 'Metrics', ({ metrics }) => metrics)) {
      for (const point of (metric.gauge ?? metric.sum).dataPoints) {
        this.metrics.push({
          at: Number(BigInt(point.timeUnixNano) / 1_000_000n),
          workload: workloadOf(resource),
          pod: podOf(resource),
          name: metric.name,
          isCounter: metric.sum?.isMonotonic === true,
          labels: (point.attributes ?? [])
            .map(({ key, value }) => `${key}=${Object.values(value)[0]}`)
            .join(','),
          value: point.asDouble ?? Number(point.asInt),
        });
      }
    }
  }

  /** The span by which a request came into the workload of this one. */
  entryOf(span) {
    let at = span;
    for (let depth = 0; depth < 64; depth++) {
      if (at.kind === SERVER || at.kind === CONSUMER) return at;
      const parent = at.parent === undefined ? undefined : this.byId.get(at.parent);
      if (parent === undefined || parent.workload !== span.workload) return at;
      at = parent;
    }
    return at;
  }

  /** What `compareWindows` takes, of `[from, to)` in ms since the epoch. */
  aggregates(from, to, stretch) {
    const stretches = Math.max(1, Math.ceil((to - from) / stretch));
    const inside = ({ at }) => at >= from && at < to;
    const indexOf = ({ at }) => Math.floor((at - from) / stretch);
    const zeros = () => new Array(stretches).fill(0);
    const lists = () => Array.from({ length: stretches }, () => []);
    const failing = this.failingIn(inside);
    const operations = new Map();
    const calls = new Map();
    const unserved = new Map();
    const pods = new Map();
    const seePod = (record) => {
      if (record.pod === '') return;
      const { workload, pod } = record;
      take(pods, [workload, pod], () => ({ workload, pod, records: zeros() })).records[indexOf(record)]++;
    };
    for (const span of this.spans) {
      if (!inside(span)) continue;
      seePod(span);
      if (span.entry === span) {
        const each = take(operations, [span.workload, span.name], () => ({
          workload: span.workload,
          operation: span.name,
          requests: zeros(),
          failed: zeros(),
          failingBelow: new Map(),
          duration: lists(),
          own: lists(),
        }));
        const i = indexOf(span);
        each.requests[i]++;
        if (span.failed) {
          each.failed[i]++;
          countOthers(each, failing.get(span.trace));
        }
        each.duration[i].push(span.duration);
        each.own[i].push(this.ownTime(span));
      }
      if (span.kind !== CLIENT && span.kind !== PRODUCER) continue;
      const below = this.children.get(span.id) ?? [];
      if (below.length === 0) {
        const each = take(unserved, [span.workload, span.peer], () => ({
          client: span.workload,
          peer: span.peer,
          calls: zeros(),
          failed: zeros(),
          duration: lists(),
        }));
        each.calls[indexOf(span)]++;
        if (span.failed) each.failed[indexOf(span)]++;
        each.duration[indexOf(span)].push(span.duration);
      }
      for (const server of below) {
        if (server.kind !== SERVER || server.duration > span.duration) continue;
        const each = take(calls, [span.workload, server.workload], () => ({
          client: span.workload,
          server: server.workload,
          calls: zeros(),
          gap: lists(),
        }));
        each.calls[indexOf(span)]++;
        each.gap[indexOf(span)].push(span.duration - server.duration);
      }
    }
    const patterns = new Map();
    const seen = new Set();
    const lines = new Map();
    for (const log of this.logs) {
      if (!inside(log)) continue;
      seePod(log);
      if (log.entry === undefined) {
        const { workload, level, pattern } = log;
        const each = take(lines, [workload, level, pattern], () => ({
          workload,
          level,
          pattern,
          lines: zeros(),
        }));
        each.lines[indexOf(log)]++;
      }
      if (log.entry === undefined || !inside(log.entry)) continue;
      const key = [log.workload, log.entry.name, log.level, log.pattern];
      const once = JSON.stringify([log.entry.id, ...key]);
      if (seen.has(once)) continue;
      seen.add(once);
      const [workload, operation, level, pattern] = key;
      const each = take(patterns, key, () => ({
        workload,
        operation,
        level,
        pattern,
        requests: zeros(),
        failingBelow: new Map(),
      }));
      each.requests[indexOf(log.entry)]++;
      if (ERRORS.has(level)) countOthers(each, failing.get(log.entry.trace));
    }
    const metrics = new Map();
    for (const sample of this.metrics.filter(inside)) {
      const { workload, pod, name, labels, isCounter } = sample;
      seePod(sample);
      take(metrics, [workload, pod, name, labels], () => ({
        kind: isCounter ? 'counter' : 'gauge',
        workload,
        pod,
        name,
        labels,
        samples: [],
      })).samples.push([indexOf(sample), sample.value, sample.at]);
    }
    return {
      stretches,
      operations: [...operations.values()].map((each) => ({
        ...each,
        duration: each.duration.map(histogramOf),
        own: each.own.map(histogramOf),
      })),
      calls: [...calls.values()].map((each) => ({ ...each, gap: each.gap.map(histogramOf) })),
      unserved: [...unserved.values()].map((each) => ({
        ...each,
        duration: each.duration.map(histogramOf),
      })),
      patterns: [...patterns.values()],
      lines: [...lines.values()],
      pods: [...pods.values()],
      metrics: [...metrics.values()].map(withoutTimes),
    };
  }

  /** What `chooseBaseline` takes, of `[from, to)` in ms since the epoch. */
  counts({ from, to }) {
    const inside = ({ at }) => at >= from && at < to;
    const workloads = new Map();
    const of = (workload) =>
      take(workloads, workload, () => ({
        workload,
        requests: 0,
        failed: 0,
        durations: [],
        lines: 0,
        errorLines: 0,
      }));
    for (const span of this.spans) {
      if (!inside(span) || (span.kind !== SERVER && span.kind !== CONSUMER)) continue;
      const counts = of(span.workload);
      counts.requests++;
      if (span.failed) counts.failed++;
      counts.durations.push(span.duration);
    }
    for (const log of this.logs) {
      if (!inside(log)) continue;
      const counts = of(log.workload);
      counts.lines++;
      if (ERRORS.has(log.level)) counts.errorLines++;
    }
    return {
      from,
      to,
      workloads: [...workloads.values()].map(({ durations, ...counts }) => ({
        ...counts,
        median: durations.sort((a, b) => a - b)[durations.length >> 1] ?? 0,
      })),
    };
  }

  /** The workloads that failed, by trace. */
  failingIn(inside) {
    const failing = new Map();
    for (const { entry, level, workload } of this.logs) {
      if (ERRORS.has(level) && entry !== undefined && inside(entry)) {
        take(failing, entry.trace, () => new Set()).add(workload);
      }
    }
    for (const span of this.spans) {
      if (span.failed && inside(span)) take(failing, span.trace, () => new Set()).add(span.workload);
    }
    return failing;
  }

  /** The duration of an entry less the union of its client spans below, within its own workload. */
  ownTime(entry) {
    const away = [];
    const open = [entry];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      for (const child of this.children.get(at.id) ?? []) {
        const end = Math.min(child.start + child.duration, entry.start + entry.duration);
        if (child.kind === CLIENT || child.workload !== entry.workload) away.push([child.start, end]);
        else open.push(child);
      }
    }
    let covered = 0;
    let until = entry.start;
    for (const [start, end] of away.sort(([a], [b]) => a - b)) {
      covered += Math.max(0, end - Math.max(start, until));
      until = Math.max(until, end);
    }
    return entry.duration - covered;
  }
}

const ERRORS = new Set(['ERROR', 'FATAL', 'PANIC']);

function countOthers({ workload, failingBelow }, failing = []) {
  for (const other of failing) {
    if (other !== workload) failingBelow.set(other, (failingBelow.get(other) ?? 0) + 1);
  }
}

const ORIGIN = 1_600_000_000_000_000_000n;

function* records(folder, file, kind, of) {
  const text = gunzipSync(readFileSync(join(folder, `${file}.jsonl.gz`))).toString();
  for (const line of text.trimEnd().split('\n')) {
    for (const part of JSON.parse(line)[`resource${kind}`]) {
      for (const scope of part[`scope${kind}`]) for (const record of of(scope)) yield [part.resource, record];
    }
  }
}

const attribute = (resource, name) => resource.attributes?.find(({ key }) => key === name)?.value.stringValue;
const workloadOf = (resource) =>
  attribute(resource, 'k8s.deployment.name') ?? attribute(resource, 'service.name') ?? '';

const podOf = (resource) => attribute(resource, 'k8s.pod.name') ?? '';

/** Whom a client span names as the called. */
function peerOf(span) {
  const of = (name) => attribute(span, name);
  const names = ['peer.service', 'server.address', 'db.namespace', 'messaging.destination.name'];
  return names.map(of).find((value) => value !== undefined) ?? '';
}

/** Samples of a gauge as they are, of a counter as increases; a counter that falls began anew. */
function withoutTimes({ samples, ...metric }) {
  if (metric.kind === 'gauge') return { ...metric, samples: samples.map(([at, value]) => [at, value]) };
  const increases = samples.slice(1).map(([at, value, time], i) => {
    const [, before, last] = samples[i];
    return [at, value < before ? value : value - before, (time - last) / 1000];
  });
  return { ...metric, samples: increases.filter(([, , seconds]) => seconds > 0) };
}

/** A body without what differs from line to line; only until the patterns of the server are used here. */
const patternOf = (body) =>
  body
    .replace(/^\d\d:\d\d:\d\d\.\d+ +/, '')
    .replace(/TraceID: \w+ SpanID: \w+ ?/, '')
    .replace(/\b[0-9a-f]{8}-[0-9a-f-]{27}\b|\b[0-9a-f]{16,}\b/g, '<id>')
    .replace(/\d+/g, '<n>')
    .slice(0, 160);

function take(map, key, make) {
  const text = typeof key === 'string' ? key : JSON.stringify(key);
  const found = map.get(text);
  if (found !== undefined) return found;
  const made = make();
  map.set(text, made);
  return made;
}
