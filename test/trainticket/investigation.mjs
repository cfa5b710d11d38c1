// Prints what the recording says of traces and of who calls whom, computed without the product.
import { readLogs, readSpans } from './recording.mjs';

const spans = await readSpans();
const logs = await readLogs();
const keyOf = (trace, span) => `${trace} ${span}`;
const byId = new Map(spans.map((span) => [keyOf(span.trace_id, span.span_id), span]));

/** Server and consumer spans by their own workload and their parent's, where it is another one. */
function edges() {
  const calls = new Map();
  for (const span of spans) {
    if (span.role !== 'server' && span.role !== 'consumer') continue;
    const parent = byId.get(keyOf(span.trace_id, span.parent_span_id));
    if (parent === undefined || parent.workload === span.workload) continue;
    const edge = `${parent.workload} > ${span.workload}`;
    calls.set(edge, (calls.get(edge) ?? 0) + 1);
  }
  return Object.fromEntries([...calls].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The trace of the root span that takes longest, with the self time of each span. */
function slowestTrace() {
  const roots = spans.filter((span) => span.parent_span_id === '');
  const slowest = roots.reduce((a, b) => (b.duration > a.duration ? b : a));
  const own = spans.filter((span) => span.trace_id === slowest.trace_id);
  const origin = own[0].timestamp;
  const from = (span) => Number(span.timestamp - origin);
  const to = (span) => from(span) + span.duration;
  const self = {};
  for (const span of own) {
    const children = own.filter((child) => child.parent_span_id === span.span_id);
    const cuts = [span, ...children].flatMap((one) => [from(one), to(one)]);
    const times = [...new Set(cuts)].filter((at) => at >= from(span) && at <= to(span)).sort((a, b) => a - b);
    self[span.span_id] = 0;
    for (let i = 1; i < times.length; i++) {
      const [low, high] = [times[i - 1], times[i]];
      if (!children.some((child) => from(child) <= low && high <= to(child)))
        self[span.span_id] += high - low;
    }
  }
  return {
    traceId: slowest.trace_id,
    duration: slowest.duration,
    roots: roots.length,
    logs: logs.filter((log) => log.trace_id === slowest.trace_id).length,
    self,
  };
}

/** How many spans each workload has. */
function workloads() {
  const counts = {};
  for (const { workload } of spans) counts[workload] = (counts[workload] ?? 0) + 1;
  return counts;
}

process.stdout.write(JSON.stringify({ edges: edges(), trace: slowestTrace(), workloads: workloads() }));
