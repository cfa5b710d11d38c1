import { longestBetween, mostEdges, servedSpans, unservedSpans } from '../store/service-map.ts';
import { nearest } from '../telemetry/nearest.ts';
import { mapAround, type ServiceMap, serviceMap } from '../telemetry/service-map.ts';
import { diagnoseNothing } from './diagnosis.ts';
import { lowered } from './limits.ts';
import type { Call } from './queries.ts';
import type { RangeRequest } from './requests.ts';
import type { Note, Result } from './results.ts';
import { type QueryContext, readSubject } from './subject.ts';
import { together } from './together.ts';

/** Edges that one map shows. */
export const edgeLimit = { standard: 50, max: 200 };

export interface ServiceMapRequest extends RangeRequest {
  /** Only what calls it and what it calls. */
  readonly workload?: string | undefined;
  /** On the spans that are counted: those that serve, and those whose serving is not recorded. */
  readonly filters?: string | undefined;
  readonly limit?: number | undefined;
}

export interface ServiceMapResult extends Result, Pick<ServiceMap, 'calls' | 'nodes'> {
  /** Empty for the whole map. */
  readonly around: string;
  readonly filter: string;
  readonly filterRewritten: boolean;
  /** Edges there are; `calls` holds those that are to be shown. */
  readonly edgesTotal: number;
  /** Calls of all edges. */
  readonly callsTotal: number;
}

/**
 * Who calls whom in a window, and how that goes. What the key may not see counts as never recorded.
 *
 * @throws InputError for a time, filter or limit that can't be used
 * @throws StoreError when the store does not answer
 */
export async function getServiceMap(
  context: QueryContext,
  request: ServiceMapRequest,
  call: Call,
): Promise<ServiceMapResult> {
  const limit = lowered('limit', request.limit, edgeLimit);
  const around = request.workload?.trim() ?? '';
  const subject = await readSubject(context, { ...request, signal: 'traces', fields: [] }, call);
  const { clickhouse } = context.store;
  const [served, unserved] = await together(call.signal, (signal) =>
    Promise.all([
      servedSpans(clickhouse, subject.table, subject, { ...subject.options, signal }),
      unservedSpans(clickhouse, subject.table, subject, { ...subject.options, signal }),
    ]),
  );
  const whole = serviceMap(served.spans, unserved.spans);
  const map = around === '' ? whole : mapAround(whole, around);
  const notes: Note[] = [...subject.notes, ...limit.notes];
  if (whole.calls.length === 0 && whole.nodes.length === 0) {
    notes.push(...(await diagnoseNothing(context, subject)));
  } else if (map.calls.length === 0 && map.nodes.length === 0) {
    notes.push(unknownWorkload(around, whole));
  }
  const left = Math.max(0, served.total - mostEdges) + Math.max(0, unserved.total - mostEdges);
  if (left > 0) notes.push(`${left} more of the rarest edges were not read: narrow filters`);
  const unnamed = map.unnamed.reduce((sum, { calls }) => sum + calls, 0);
  if (unnamed > 0) {
    notes.push(`${unnamed} client spans name nobody whom they call, and nothing recorded serves them`);
  }
  if (map.nodes.some(({ withoutCaller }) => withoutCaller > 0)) {
    notes.push(
      `a caller that began more than ${longestBetween / 60_000_000_000n} minutes before the window counts as not recorded`,
    );
  }
  return {
    nodes: map.nodes,
    calls: map.calls.slice(0, limit.value),
    around,
    filter: subject.filterText,
    filterRewritten: subject.filterRewritten,
    edgesTotal: map.calls.length,
    callsTotal: map.calls.reduce((sum, { calls }) => sum + calls, 0),
    window: subject.window,
    now: subject.statedNow,
    notes,
  };
}

function unknownWorkload(workload: string, { calls, nodes }: ServiceMap): Note {
  const names = [...nodes, ...calls.flatMap(({ client, server }) => [client, server])].map(
    (node) => node.workload,
  );
  const near = nearest(workload, names);
  const others = near.length > 0 ? near : [...new Set(names)].slice(0, 5);
  return {
    text: `nothing in the window calls or serves as ${workload}; there is ${others.join(', ')}`,
    quotesTelemetry: true,
  };
}
