import type { CounterAggregate, GaugeAggregate, MetricAggregate } from '../comparison/aggregates.ts';
import type { PodMetrics, PodSeries, StretchBlock } from './metric-block.ts';
import type { Places } from './places.ts';

interface Row {
  readonly block: StretchBlock;
  readonly index: number;
}

/** What the metrics tell of both windows; of series that are equal but for labels of their pod, the first. */
export function metricAggregates(
  { series, blocks }: PodMetrics,
  places: Places,
  names: readonly string[],
): { readonly baseline: MetricAggregate[]; readonly window: MetricAggregate[] } {
  const rows = series.map((): [Row[], Row[]] => [[], []]);
  for (const block of blocks) {
    for (let index = 0; index < block.series.length; index++) {
      rows[block.series[index] ?? 0]?.[block.side[index] === 1 ? 1 : 0].push({ block, index });
    }
  }
  const [baseline, window] = [0, 1].map((side) => {
    const seen = new Set<string>();
    return series.flatMap((each, i) => {
      const own = rows[i]?.[side === 1 ? 1 : 0] ?? [];
      const aggregate = aggregateOf(each, names[places.numberOf(each)] ?? '', own);
      const key = JSON.stringify([aggregate.workload, each.pod, each.name, each.labels]);
      if (aggregate.samples.length === 0 || seen.has(key)) return [];
      seen.add(key);
      return [aggregate];
    });
  });
  return { baseline: baseline ?? [], window: window ?? [] };
}

function aggregateOf({ pod, name, labels, kind }: PodSeries, workload: string, rows: Row[]): MetricAggregate {
  const stretchOf = ({ block, index }: Row): number => block.stretch[index] ?? 0;
  rows.sort((a, b) => stretchOf(a) - stretchOf(b));
  const own = { workload, pod, name, labels };
  if (kind === 'gauge') {
    const samples = rows
      .filter((row) => stretchOf(row) >= 0)
      .map((row) => [stretchOf(row), row.block.average[row.index] ?? 0] as const);
    return { ...own, kind, samples } satisfies GaugeAggregate;
  }
  const samples: (readonly [number, number, number])[] = [];
  let before: { readonly value: number; readonly time: number } | undefined;
  for (const row of rows) {
    const { block, index } = row;
    const first = block.first[index] ?? 0;
    const between = before === undefined ? 0 : first - before.value;
    // A counter that fell began anew at 0.
    const increase = (block.increase[index] ?? 0) + (between < 0 ? first : between);
    const since = before?.time ?? block.firstTime[index] ?? 0;
    before = { value: block.last[index] ?? 0, time: block.lastTime[index] ?? 0 };
    const seconds = before.time - since;
    if (stretchOf(row) >= 0 && seconds > 0) samples.push([stretchOf(row), increase, seconds]);
  }
  return { ...own, kind, samples } satisfies CounterAggregate;
}
