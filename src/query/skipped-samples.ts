import { children, type Expr } from '../promql/ast.ts';
import { rangeOf } from '../promql/evaluation/selector-times.ts';
import type { PromqlQuery } from '../store/metrics/metric-store.ts';
import { formatDuration } from '../telemetry/duration.ts';

const minute = 60_000;

/** What one point of a query looks at, ms: `range` of `[5m]`, or the age that a latest sample may have. */
interface Look {
  readonly kind: 'range' | 'latest';
  readonly milliseconds: number;
}

/**
 * A query whose points look at less than a step has samples between them that no point tells of: a peak there
 * is not seen. Nothing is said of instant queries, and of parts whose time is fixed with `@`.
 */
export function skippedNotes({ text, expr, start, end, step, lookback = 5 * minute }: PromqlQuery): string[] {
  if (step === 0 || start === end) return [];
  const times = { text, start, end, step, subqueryStep: minute };
  const looks = new Map<string, Look>();
  const add = (look: Look): void => {
    if (look.milliseconds < step) looks.set(`${look.kind} ${look.milliseconds}`, look);
  };
  const visit = (node: Expr): void => {
    switch (node.kind) {
      case 'vectorSelector':
        if (node.at === undefined) add({ kind: 'latest', milliseconds: lookback });
        return;
      case 'matrixSelector':
        if (node.selector.at === undefined) add({ kind: 'range', milliseconds: rangeOf(node, times) });
        return;
      case 'subquery':
        if (node.at === undefined) add({ kind: 'range', milliseconds: rangeOf(node, times) });
        return;
      default:
        for (const child of children(node)) visit(child);
    }
  };
  visit(expr);
  const every = durationText(step);
  return [...looks.values()].map(({ kind, milliseconds }) => {
    const width = durationText(milliseconds);
    return kind === 'range'
      ? `each point looks at ${width} of the ${every} between points, what happened in the rest is in none: a range of [${every}] or a step of ${width} sees all`
      : `each point is the latest sample (of the last ${width}), those in the ${every} between points are in none: avg_over_time(…[${every}]) or max_over_time(…[${every}]) see all`;
  });
}

const durationText = (milliseconds: number): string =>
  formatDuration(BigInt(Math.round(milliseconds * 1_000_000)));
