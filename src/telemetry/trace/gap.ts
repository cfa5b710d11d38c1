import { endOf, type Span } from './span.ts';

/**
 * The time between a call and what serves it, ns: network, and queues on either side.
 *
 * `total` does not depend on how the two clocks are set, as each duration is of one clock; the split does.
 */
export interface Gap {
  /** How much longer the call took than serving it. For a message: from the end of sending to the start of processing. */
  readonly total: number;
  /** From the start of the call to the start of serving; undefined where the clocks differ visibly. */
  readonly before: number | undefined;
  /** From the end of serving to the end of the call. */
  readonly after: number | undefined;
}

/**
 * The gap of a client span, or of a producer span, to what serves it; undefined where nothing recorded does,
 * or where serving went on after the call had ended (the caller gave up, or did not wait).
 */
export function gapOf(caller: Span, children: readonly Span[]): Gap | undefined {
  if (caller.role === 'producer') return queueTime(caller, children);
  if (caller.role !== 'client') return undefined;
  const servers = children.filter(({ role }) => role === 'server');
  if (servers.length === 0) return undefined;
  const start = Math.min(...servers.map((span) => span.start));
  const end = Math.max(...servers.map(endOf));
  const total = caller.duration - (end - start);
  if (total < 0) return undefined;
  const before = start - caller.start;
  const after = endOf(caller) - end;
  return before < 0 || after < 0 ? { total, before: undefined, after: undefined } : { total, before, after };
}

function queueTime(producer: Span, children: readonly Span[]): Gap | undefined {
  const starts = children.filter(({ role }) => role === 'consumer').map(({ start }) => start);
  const total = Math.min(...starts) - endOf(producer);
  return starts.length === 0 || total < 0 ? undefined : { total, before: total, after: undefined };
}
