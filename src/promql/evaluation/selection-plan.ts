import { children, type Expr, type VectorSelector } from '../ast.ts';
import type { TimeRange } from '../series-source.ts';
import type { Grid } from './grid.ts';
import { type QueryTimes, rangeOf, shifted, shiftOf, subqueryGrid } from './selector-times.ts';

/** What one selector of a query reads. */
export interface PlannedSelection {
  readonly selector: VectorSelector;
  readonly time: TimeRange;
  /** The width of the range vector in milliseconds; 0 for an instant vector. */
  readonly range: number;
  /** The function or aggregation right around the selector, or the empty string. */
  readonly func: string;
  /** Of histograms only count and sum are looked at. */
  readonly statisticsOnly: boolean;
}

interface Surroundings {
  readonly func: string;
  readonly statisticsOnly: boolean;
  /** Something around needs the buckets, whatever else is around. */
  readonly needsBuckets: boolean;
}

const STATISTICS = new Set(['histogram_count', 'histogram_sum', 'histogram_avg']);
const NEED_BUCKETS = new Set(['histogram_quantile', 'histogram_quantiles', 'histogram_fraction']);

/** What each selector of an expression reads when the expression is evaluated on a grid. */
export function planSelections(
  expr: Expr,
  grid: Grid,
  times: QueryTimes & { readonly lookback: number },
): PlannedSelection[] {
  const { lookback } = times;
  const planned: PlannedSelection[] = [];

  function addSelection(selector: VectorSelector, on: Grid, range: number, around: Surroundings): void {
    const shift = shiftOf(selector, times);
    const lastStep = on.start + Math.max(on.count - 1, 0) * on.step;
    const before = range === 0 ? lookback : range + (selector.extension === undefined ? 0 : lookback);
    planned.push({
      selector,
      // Ranges are open at their start.
      time: {
        from: shifted(shift, on.start) - before + 1,
        to: shifted(shift, lastStep) + (selector.extension === 'smoothed' ? lookback : 0),
      },
      range,
      func: around.func,
      statisticsOnly: around.statisticsOnly && !around.needsBuckets,
    });
  }

  function visit(node: Expr, on: Grid, around: Surroundings): void {
    switch (node.kind) {
      case 'vectorSelector':
        addSelection(node, on, 0, around);
        return;
      case 'matrixSelector':
        addSelection(node.selector, on, rangeOf(node, times), around);
        return;
      case 'subquery': {
        const inner = subqueryGrid(node, on, times);
        if (inner.count > 0) visit(node.expr, inner, { ...around, func: '', needsBuckets: true });
        return;
      }
      default:
        for (const child of selectingChildren(node)) visit(child, on, surround(node, around));
    }
  }

  visit(expr, grid, { func: '', statisticsOnly: false, needsBuckets: false });
  return planned;
}

/** The operands that select series: the second argument of `info` only lists matchers. */
function selectingChildren(node: Expr): readonly Expr[] {
  return node.kind === 'call' && node.name === 'info' ? node.args.slice(0, 1) : children(node);
}

function surround(node: Expr, around: Surroundings): Surroundings {
  switch (node.kind) {
    case 'call':
      return {
        func: node.name,
        statisticsOnly: around.statisticsOnly || STATISTICS.has(node.name),
        needsBuckets: around.needsBuckets || NEED_BUCKETS.has(node.name),
      };
    case 'aggregate':
      return { ...around, func: node.op };
    case 'binary':
      return {
        ...around,
        func: '',
        needsBuckets: around.needsBuckets || node.op === '</' || node.op === '>/',
      };
    case 'unary':
      return { ...around, func: '' };
    default:
      return around;
  }
}
