/**
 * The requests of workloads: a span is one if it serves, or has no parent in its own workload. `of` is the request
 * that a span belongs to.
 */
export function entriesOf(spans) {
  const byId = new Map(spans.map((span) => [`${span.trace_id} ${span.span_id}`, span]));
  const children = new Map();
  const parentOf = ({ trace_id, parent_span_id }) => byId.get(`${trace_id} ${parent_span_id}`);
  for (const span of spans) {
    const parent = parentOf(span);
    if (parent === undefined) continue;
    const known = children.get(parent);
    if (known === undefined) children.set(parent, [span]);
    else known.push(span);
  }
  return {
    spanOf: (trace, id) => byId.get(`${trace} ${id}`),
    childrenOf: (span) => children.get(span) ?? [],
    of(span) {
      for (let at = span; ; ) {
        const parent = parentOf(at);
        const serves = at.role === 'server' || at.role === 'consumer';
        if (serves || parent === undefined || parent.workload !== at.workload) return at;
        at = parent;
      }
    },
  };
}

/**
 * The duration of a request less the time in which a client span, or a span of another workload, ran below it within
 * its workload. Counted instant by instant: between two neighbouring ends of spans either a call runs, or none does.
 */
export function ownTimeOf(request, { childrenOf, of }) {
  const end = (span) => span.timestamp + BigInt(span.duration);
  const calls = [];
  const look = (span) => {
    for (const child of childrenOf(span)) {
      if (child.role === 'client' || child.workload !== request.workload) calls.push(child);
      if (of(child) === request) look(child);
    }
  };
  look(request);
  const ends = [request, ...calls].flatMap((span) => [span.timestamp, end(span)]);
  const times = [...new Set(ends)]
    .filter((time) => time >= request.timestamp && time <= end(request))
    .sort((a, b) => (a < b ? -1 : 1));
  let own = 0n;
  for (let i = 1; i < times.length; i++) {
    const [from, to] = [times[i - 1], times[i]];
    if (!calls.some((call) => call.timestamp <= from && to <= end(call))) own += to - from;
  }
  return Number(own);
}
