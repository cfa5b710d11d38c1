import { type Aggregation, analyzeRecords, type Group } from '../store/analyze.ts';
import { countNotNumeric } from '../store/search.ts';
import {
  type AggregationFunction,
  aggregationAdvice,
  aggregationAliases,
  aggregationFunctions,
  aggregationGuesses,
  isAdditive,
} from '../telemetry/aggregation.ts';
import type { Field, Signal } from '../telemetry/fields.ts';
import { InputError } from '../telemetry/input-error.ts';
import { nearest } from '../telemetry/nearest.ts';
import { type Bucket, formatTime } from '../telemetry/time.ts';
import { diagnoseNothing } from './diagnosis.ts';
import { partialEnds, readGrid, shownAt } from './grid.ts';
import { lowered } from './limits.ts';
import type { Call } from './queries.ts';
import { type AnalyzeRequest, groupLimit, mostGroupKeys } from './requests.ts';
import { type NamedField, unitOf, withoutRepeated } from './resolve-fields.ts';
import type { AnalyzeResult, Note, Point, Series, Unit } from './results.ts';
import { notNumericNote } from './search.ts';
import { type QueryContext, readSubject } from './subject.ts';
import { summarize } from './summary.ts';
import { together } from './together.ts';

/** How a record without a value of a key is named in groups. */
export const noValue = '(none)';

/**
 * Aggregates records, over the whole window or over buckets of it, in groups.
 *
 * @throws InputError for a time, filter, field, function or step that can't be used
 * @throws StoreError when the store does not answer
 */
export async function analyze(
  context: QueryContext,
  request: AnalyzeRequest,
  call: Call,
): Promise<AnalyzeResult> {
  const limit = lowered('limit', request.limit, groupLimit);
  const found = await aggregateRecords(context, request, call, limit.value);
  const { notes, ...result } = found.answer(limit.value);
  return { ...result, notes: [...notes, ...limit.notes] };
}

/** Groups of records, the largest first. */
export interface RecordGroups {
  readonly function: AggregationFunction;
  readonly unit: Unit | undefined;
  /** Names of the labels, in the order that was asked for. */
  readonly names: readonly string[];
  readonly groups: readonly Group[];
  /** Of a group without rows, and of a bucket without: 0 or no value. */
  readonly empty: 0 | null;
  labelsOf(group: Group): Readonly<Record<string, string>>;
  /** The first so many groups as an answer. */
  answer(limit: number): AnalyzeResult;
}

/**
 * Aggregates records as `analyze` does, and keeps up to `most` groups.
 *
 * @throws InputError and StoreError as `analyze` does
 */
export async function aggregateRecords(
  context: QueryContext,
  request: AnalyzeRequest,
  call: Call,
  most: number,
): Promise<RecordGroups> {
  const { signal, queryType, groupBy = [] } = request;
  const fn = readFunction(request.aggregation?.function);
  if (groupBy.length > mostGroupKeys) {
    throw new InputError(`groupBy: takes at most ${mostGroupKeys} fields`);
  }
  const asked = request.aggregation?.field;
  const subject = await readSubject(
    context,
    { ...request, fields: [...groupBy, ...(asked === undefined ? [] : [asked])] },
    call,
  );
  const keys = withoutRepeated(subject.fields.slice(0, groupBy.length));
  const { aggregation, notes: aggregationNotes } = readAggregation(
    fn,
    subject.fields[groupBy.length],
    signal,
  );
  const grid = queryType === 'range' ? readGrid(request.step, subject.window, subject.now) : undefined;
  const window = grid === undefined ? subject.window : grid.window;
  const { clickhouse } = context.store;
  const [found, notNumeric] = await together(call.signal, (signal) =>
    Promise.all([
      analyzeRecords(
        clickhouse,
        subject.table,
        {
          ...subject,
          window,
          aggregation,
          groupBy: keys.map(({ field }) => field),
          step: grid?.step,
          limit: most,
        },
        { ...subject.options, signal },
      ),
      countNotNumeric(clickhouse, subject.table, { ...subject, window }, { ...subject.options, signal }),
    ]),
  );
  const notes: Note[] = [...subject.notes, ...aggregationNotes];
  if (notNumeric > 0) notes.push(notNumericNote(notNumeric));
  if (grid === undefined && request.step !== undefined) {
    notes.push('step plays no part in an instant query; queryType "range" gives values over time');
  }
  if (found.notNumeric > 0) {
    notes.push(`${found.notNumeric} rows were left out: their ${subject.fields.at(-1)?.name} is no number`);
  }
  if (found.missing > 0) {
    notes.push(
      `${found.missing} of ${found.rowsTotal} rows have no ${subject.fields.at(-1)?.name}: they play no part in ${fn}`,
    );
  }
  if (found.rowsTotal === 0) notes.push(...(await diagnoseNothing(context, subject)));
  const names = keys.map(({ name }) => name);
  const groups = found.groups.length === 0 && names.length === 0 ? [emptyGroup] : found.groups;
  const unit =
    aggregation.field === undefined || fn === 'unique_count' ? undefined : unitOf(aggregation.field);
  const labelsOf = (group: Group) =>
    Object.fromEntries(keys.map(({ name, field }, i) => [name, labelOf(field, group.keys[i])]));
  const empty = isAdditive(fn) || fn === 'unique_count' ? 0 : null;
  const described = { function: fn, unit, names, groups, empty, labelsOf } as const;
  return {
    ...described,
    answer: (limit) => {
      const shown = groups.slice(0, limit);
      const rows = shown.reduce((sum, group) => sum + group.rows, 0);
      return {
        signal,
        queryType,
        window: subject.window,
        now: subject.statedNow,
        step: grid === undefined ? null : grid.step / 1000,
        filter: subject.filterText,
        filterRewritten: subject.filterRewritten,
        aggregation: { function: fn, field: aggregation.field && subject.fields.at(-1)?.name },
        unit,
        groupBy: names,
        groupsTotal: Math.max(found.groupsTotal, groups.length),
        shareShown: found.rowsTotal === 0 ? 1 : rows / found.rowsTotal,
        rowsMatched: found.rowsTotal,
        partial: partialEnds(grid),
        series: shown.map((group) => seriesOf(described, group, grid?.buckets)),
        notes,
      };
    },
  };
}

const emptyGroup: Group = { keys: [], value: null, buckets: [], rows: 0 };

function readFunction(name = 'row_count'): AggregationFunction {
  const lower = name.toLowerCase();
  const found = aggregationFunctions.find((fn) => fn === lower) ?? aggregationAliases.get(lower);
  if (found !== undefined) return found;
  const [guess = aggregationGuesses.get(lower)] = aggregationGuesses.has(lower)
    ? []
    : nearest(lower, [...aggregationFunctions, ...aggregationAliases.keys()]);
  const advice = aggregationAdvice.get(lower.replaceAll(/[\s_-]/g, ''));
  const percentile = /^(?:p|perc|percentile|quantile|pct)[\d.()\s]*$/.test(lower) ? 'p99' : undefined;
  const [, fn, of] = /^(\w+)\(([\w@.]+)\)$/.exec(name) ?? [];
  const split =
    fn !== undefined && percentile === undefined ? `{"function":"${fn}","field":"${of}"}` : undefined;
  const meant = percentile ?? split ?? guess;
  throw new InputError(
    `aggregation: there is no function "${name}"${meant ? `; did you mean ${meant}?` : '.'}${advice === undefined ? '' : ` ${advice}`} There are ${aggregationFunctions.join(', ')}`,
  );
}

function readAggregation(
  fn: AggregationFunction,
  named: NamedField | undefined,
  signal: Signal,
): { aggregation: Aggregation; notes: string[] } {
  if (fn === 'row_count') {
    const ignored = named && `row_count counts rows: the field ${named.name} plays no part`;
    return { aggregation: { function: fn }, notes: ignored ? [ignored] : [] };
  }
  if (named === undefined) {
    throw new InputError(
      `aggregation: ${fn} needs a field, such as {"function":"${fn}","field":"${numericField[signal]}"}`,
    );
  }
  const { field, name } = named;
  if (field.kind === 'builtin' && field.type === 'time' && fn !== 'unique_count') {
    throw new InputError(
      `aggregation: ${name} is a time, ${fn} takes a field that holds numbers; search-${signal} with order "newest" or "oldest" shows the last or first record`,
    );
  }
  if (holdsText(field) && fn !== 'unique_count') {
    throw new InputError(
      `aggregation: ${name} holds text, ${fn} takes a field that holds numbers, such as ${numericField[signal]}; unique_count counts the values of ${name}, and groupBy ["${name}"] shows them`,
    );
  }
  return { aggregation: { function: fn, field }, notes: [] };
}

const numericField: Readonly<Record<Signal, string>> = { logs: 'body_length', traces: 'duration' };

/** Codes are numbers more often than not, and what attributes hold is not known. */
const holdsText = (field: Field): boolean =>
  field.kind === 'builtin' && field.type === 'string' && field.name !== 'return_code';

/** The value of a group of an instant query; null for no value. */
export function groupValue({ empty }: Pick<RecordGroups, 'empty'>, group: Group): number | null {
  return group.rows === 0 ? empty : group.value;
}

function seriesOf(
  found: Omit<RecordGroups, 'answer'>,
  group: Group,
  grid: readonly Bucket[] | undefined,
): Series {
  const labels = found.labelsOf(group);
  const { rows } = group;
  const additive = isAdditive(found.function);
  if (grid === undefined) {
    const value = groupValue(found, group);
    return { labels, rows, value, summary: summarize([value], additive) };
  }
  const values = new Map(group.buckets);
  const points = grid.map((bucket): Point => {
    const milliseconds = shownAt(bucket);
    const value = values.get(milliseconds);
    return [milliseconds / 1000, value === undefined ? found.empty : value];
  });
  const summary = summarize(
    points.map(([, value]) => value),
    additive,
  );
  return { labels, rows, points, summary };
}

function labelOf(field: Field, key = ''): string {
  if (key === '') return noValue;
  return field.kind === 'builtin' && field.type === 'time' ? formatTime(BigInt(key)) : key;
}
