import type { TimeRange } from '../../promql/series-source.ts';
import type { Scope } from '../../telemetry/scope.ts';
import {
  noMetrics,
  type PodMetrics,
  type PodSeries,
  type StretchBlock,
} from '../../telemetry/window-records/metric-block.ts';
import {
  counterNames,
  namespaceLabels,
  originLabels,
  podLabels,
  tellingWords,
  workloadLabels,
} from '../../telemetry/window-records/pod-series.ts';
import { podOwnerPattern } from '../../telemetry/workload.ts';
import type { QueryOptions } from '../clickhouse.ts';
import { columnOf, type NativeBlock, numbersOf, ofKind, textsOf } from '../native/native-column.ts';
import { join, listOf, type Sql, sql } from '../sql/sql.ts';
import type { PodMetricsRequest } from './metric-store.ts';
import { type MetricTables, rowsOfSeries } from './read-series.ts';
import { scopeMatchers } from './scope-matchers.ts';
import { seriesCondition } from './series-condition.ts';
import { timesFrom } from './series-rows-in.ts';

/** The series of pods in two times, by stretch. Histograms and summaries are left out: spans tell of times. */
export async function podMetrics(
  tables: MetricTables,
  { baseline, window, stretch, matchers, mostSeries }: PodMetricsRequest,
  scope: Scope,
  options: QueryOptions,
): Promise<PodMetrics> {
  const condition = seriesCondition([...matchers, ...scopeMatchers(scope)]);
  // What the database can't judge is no series of a comparison: no limit of a key may be passed by.
  if (condition.tests.length > 0) return noMetrics;
  const days = (range: TimeRange): Sql => rowsOfSeries(condition, range);
  const rows = sql`((${days(baseline)}) OR (${days(window)})) AND ${podOf} != '' AND ${ofVisiblePods(scope)} AND Type NOT IN ('histogram', 'summary', 'gaugehistogram', 'info') AND NOT endsWith(MetricName, '_bucket')`;
  const { names, leftOut } = await namesToRead(tables, rows, mostSeries, options);
  if (names.length === 0) return { series: [], blocks: [], metricsLeftOut: leftOut };
  const named = sql`MetricName IN (${listOf(names)})`;
  const places = new Map<bigint, number>();
  const series: PodSeries[] = [];
  await tables.clickhouse.blocks(
    sql`SELECT Id, ${seriesTexts} FROM ${tables.series} WHERE ${rows} AND ${named} GROUP BY MetricName, Id ORDER BY MetricName, Id`,
    (block) => {
      const ids = numbersOf(block, 0, BigUint64Array);
      const texts = [1, 2, 3, 4, 5, 6, 7].map((index) => textsOf(textColumn(block, index)));
      ids.forEach((id, row) => {
        const [name = '', cluster = '', namespace = '', workload = '', pod = '', labels = '', kind] =
          texts.map((column) => column[row]);
        places.set(id, series.length);
        series.push({
          ...{ cluster, namespace, workload, pod, name, labels },
          kind: kind === 'counter' ? 'counter' : 'gauge',
        });
      });
    },
    options,
  );
  const ids = sql`Id IN (SELECT Id FROM ${tables.series} WHERE ${rows} AND ${named})`;
  const inRange = ({ from, to }: TimeRange, side: number): Sql => {
    const slot = sql`toInt32(floor((toUnixTimestamp64Milli(Timestamp) - ${from}) / ${stretch}))`;
    return sql`SELECT CAST(Id, 'UInt64') AS id, toUInt8(${side}) AS side, ${slot} AS slot, ${samplesInOrder} AS samples FROM ${tables.samples} WHERE ${named} AND ${timesFrom(from - stretch, to - 1)} AND ${ids} AND isFinite(Value) AND Histogram = '' GROUP BY id, slot`;
  };
  const blocks: StretchBlock[] = [];
  await tables.clickhouse.blocks(
    sql`SELECT id, side, groupArray(slot), ${join(
      stretchNumbers.map((number) => sql`groupArray(${number})`),
      ', ',
    )} FROM (${inRange(baseline, 0)} UNION ALL ${inRange(window, 1)}) GROUP BY id, side`,
    (block) => blocks.push(stretchBlock(block, places)),
    options,
  );
  return { series, blocks, metricsLeftOut: leftOut };
}

const everySample = sql`arraySort(groupArray((toUnixTimestamp64Milli(Timestamp), Value)))`;
/**
 * The samples of a group by time, as arrays: parts are read in any order. Of those at one time the greatest counts, as in
 * PromQL.
 */
const samplesInOrder = sql`arrayFilter((sample, next) -> sample.1 != next.1, ${everySample} AS every, arrayPushBack(arrayPopFront(every), (toInt64(-1), 0.)))`;

/** What `StretchBlock` holds of the samples of a stretch: mean, first and last, their times, rise. */
const stretchNumbers: readonly Sql[] = [
  sql`arrayAvg(samples.2)`,
  sql`samples[1].2`,
  sql`samples[-1].2`,
  sql`samples[1].1 / 1000`,
  sql`samples[-1].1 / 1000`,
  // A counter that fell began anew at 0.
  sql`arraySum(arrayMap((value, before) -> if(value < before, value, value - before), arrayPopFront(samples.2), arrayPopBack(samples.2)))`,
];

/** The names of the metrics that fit, the most telling first. */
async function namesToRead(
  tables: MetricTables,
  rows: Sql,
  mostSeries: number,
  options: QueryOptions,
): Promise<{ readonly names: string[]; readonly leftOut: number }> {
  const names: string[] = [];
  let leftOut = 0;
  let room = mostSeries;
  await tables.clickhouse.blocks(
    sql`SELECT toString(MetricName) AS name, uniqExact(Id) AS series FROM ${tables.series} WHERE ${rows} GROUP BY name ORDER BY match(name, ${`(?i)${tellingWords}`}) DESC, name`,
    (block) => {
      const counts = numbersOf(block, 1, BigUint64Array);
      for (const [row, name] of textsOf(textColumn(block, 0)).entries()) {
        const count = Number(counts[row] ?? 0n);
        if (count <= room) {
          names.push(name);
          room -= count;
        } else leftOut++;
      }
    },
    options,
  );
  return { names, leftOut };
}

const labelOf = (names: readonly string[]): Sql => {
  const [first, ...others] = names.map((name) => sql`Labels[${name}]`);
  if (first === undefined) return sql`''`;
  return others.reduce((text, other) => sql`if(${text} != '', ${text}, ${other})`, first);
};

const podOf = labelOf(podLabels);
const owner = sql`extract(${podOf}, ${podOwnerPattern})`;
const ownWorkload = labelOf(workloadLabels);
const workloadOf = sql`if(Labels['exported_pod'] = '', ${ownWorkload}, '')`;
const namespaceOf = labelOf(namespaceLabels);

const isOrigin = sql`(key, value) -> NOT has([${listOf(originLabels)}], key)`;
const others = sql`mapFilter(${isOrigin}, Labels)`;
const otherLabels = sql`arrayStringConcat(arraySort(arrayMap((key, value) -> concat(key, '=', value), mapKeys(${others}), mapValues(${others}))), ',')`;
/** Types that are counters; where none is known, what is called so. */
const isCounter = sql`max(Type) = 'counter' OR (max(Type) = '' AND match(toString(MetricName), ${counterNames}))`;

/** A visible target may tell of pods of other namespaces, as kube-state-metrics does. */
const ofVisiblePods = ({ namespaces }: Scope): Sql =>
  namespaces === undefined ? sql`1` : sql`has([${listOf(namespaces)}], ${namespaceOf})`;

/** The columns of a series: name, cluster, namespace, workload, pod, other labels, kind. */
const seriesTexts = sql`toString(MetricName), any(Labels['cluster']), any(${namespaceOf}) AS namespace, any(multiIf(${workloadOf} != '', ${workloadOf}, ${owner} != '', ${owner}, ${podOf})) AS workload, any(${podOf}) AS pod, any(${otherLabels}) AS labels, if(${isCounter}, 'counter', 'gauge') AS kind`;

function textColumn(block: NativeBlock, index: number) {
  const column = block.columns[index];
  return column?.kind === 'dictionary' ? column : columnOf(block, index, 'bytes');
}

function stretchBlock(block: NativeBlock, places: ReadonlyMap<bigint, number>): StretchBlock {
  const ids = numbersOf(block, 0, BigUint64Array);
  const sides = numbersOf(block, 1, Uint8Array);
  const { ends, items } = columnOf(block, 2, 'lists');
  const size = ends.at(-1) ?? 0;
  const series = new Uint32Array(size);
  const side = new Uint8Array(size);
  let from = 0;
  ids.forEach((id, row) => {
    const to = ends[row] ?? 0;
    series.fill(places.get(id) ?? 0, from, to);
    side.fill(sides[row] ?? 0, from, to);
    from = to;
  });
  const numbers = (index: number): Float64Array => {
    const { values } = ofKind(columnOf(block, index, 'lists').items, 'numbers');
    return Float64Array.from(values, Number);
  };
  return {
    series,
    side,
    stretch: Int32Array.from(ofKind(items, 'numbers').values, Number),
    average: numbers(3),
    first: numbers(4),
    last: numbers(5),
    firstTime: numbers(6),
    lastTime: numbers(7),
    increase: numbers(8),
  };
}
