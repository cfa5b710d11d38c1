import { scopeOf } from '../access/scope.ts';
import type { QueryOptions } from '../store/clickhouse.ts';
import { attributeNames, existingAttributes } from '../store/fields.ts';
import type { MetricStore } from '../store/metrics/metric-store.ts';
import type { SignalTable } from '../store/schema/signal-table.ts';
import type { Selection } from '../store/sql/rows-in.ts';
import type { Store } from '../store/store.ts';
import { StoreError } from '../store/store-error.ts';
import type { Field, Signal } from '../telemetry/fields.ts';
import type { Filter } from '../telemetry/filter/ast.ts';
import { parseFilter, resolveFilter } from '../telemetry/filter/filter.ts';
import { attributeText } from '../telemetry/filter/print.ts';
import { nearest } from '../telemetry/nearest.ts';
import type { Scope } from '../telemetry/scope.ts';
import { parseWindow } from '../telemetry/time.ts';
import type { Window } from '../telemetry/window.ts';
import type { ComparisonLimits } from './comparison-limits.ts';
import type { Cursors } from './cursor.ts';
import type { Call } from './queries.ts';
import type { FieldInput, RangeRequest } from './requests.ts';
import { type NamedField, resolveFields, unknownFieldNames } from './resolve-fields.ts';
import type { Note } from './results.ts';

export interface QueryContext {
  readonly store: Store;
  /** Undefined where no metrics are stored. */
  readonly metrics?: MetricStore | undefined;
  /** Milliseconds that a PromQL query may take; the engine's own limit when absent. */
  readonly promqlTimeout?: number | undefined;
  /** ns since the epoch. */
  readonly now: () => bigint;
  readonly cursors: Cursors;
  /** The standard ones when absent. */
  readonly comparisonLimits?: ComparisonLimits | undefined;
}

/** What a question is about: its records and fields, understood and checked against what is stored. */
export interface Subject {
  readonly table: SignalTable;
  readonly window: Window;
  readonly now: bigint;
  /** The clock, where the answer has to state it. */
  readonly statedNow: bigint | undefined;
  readonly scope: Scope;
  readonly filter: Filter | undefined;
  readonly filterText: string;
  readonly filterRewritten: boolean;
  /** The fields that were asked for, in the same order. */
  readonly fields: readonly NamedField[];
  readonly notes: readonly Note[];
  readonly options: QueryOptions;
}

interface SubjectRequest extends RangeRequest {
  readonly signal: Signal;
  readonly filters?: string | undefined;
  /** Every field that the question names outside the filter. */
  readonly fields: readonly FieldInput[];
  /** What relative times count from, ns since the epoch; absent: the clock. */
  readonly asOf?: bigint | undefined;
}

/**
 * Reads the window, the filter and the fields of a request. Bare names that are no built-in fields are
 * looked up among the attributes of the window, of the records that the key may see.
 */
export async function readSubject(
  { store, now: clock }: QueryContext,
  request: SubjectRequest,
  { principal, signal: abort }: Call,
): Promise<Subject> {
  const now = request.asOf ?? clock();
  const { window, relative, notes } = parseWindow(request, now);
  const parsed = parseFilter(request.filters ?? '', request.signal);
  const table = tableOf(store, request.signal);
  const scope = scopeOf(principal);
  const options = { signal: abort };
  const names = new Set([
    ...parsed.unknownNames(request.signal),
    ...unknownFieldNames(request.fields, request.signal),
  ]);
  const attributes = await lookUp(store, table, { window, scope }, [...names], options);
  const context = { signal: request.signal, attributes, now };
  const resolved = resolveFilter(parsed, context);
  const fields = resolveFields(request.fields, context);
  const used = [
    ...(resolved.filter === undefined ? [] : fieldsIn(resolved.filter)),
    ...fields.fields.map(({ field }) => field),
  ];
  const absent = await absenceNotes(store, table, { window, scope }, used, options);
  return {
    table,
    window,
    now,
    statedNow: relative ? clock() : undefined,
    scope,
    filter: resolved.filter,
    filterText: resolved.text,
    filterRewritten: resolved.rewritten,
    fields: fields.fields,
    notes: [...new Set([...notes, ...resolved.notes, ...fields.notes]), ...absent],
    options,
  };
}

/** Those of the names that are attributes; all attributes where one is not, as errors name the nearest. */
async function lookUp(
  { clickhouse }: Store,
  table: SignalTable,
  selection: Selection,
  names: readonly string[],
  options: QueryOptions,
): Promise<ReadonlySet<string>> {
  const existing = await existingAttributes(clickhouse, table, selection, names, options);
  if (existing.size === names.length) return existing;
  return new Set(await attributeNames(clickhouse, table, selection, options));
}

/** An attribute that no record has is no error, as it may come and go; but a misspelt one must not pass for it. */
async function absenceNotes(
  { clickhouse }: Store,
  table: SignalTable,
  selection: Selection,
  used: readonly Field[],
  options: QueryOptions,
): Promise<Note[]> {
  const names = [...new Set(used.flatMap((field) => (field.kind === 'attribute' ? [field.name] : [])))];
  const existing = await existingAttributes(clickhouse, table, selection, names, options);
  if (existing.size === names.length) return [];
  const all = await attributeNames(clickhouse, table, selection, options);
  if (all.length === 0) return [];
  return names
    .filter((name) => !existing.has(name))
    .slice(0, mostAbsent)
    .map((name) => {
      const near = nearest(name, all).map(attributeText);
      const hint = near.length === 0 ? '' : `; near it there is ${near.join(', ')}`;
      return { text: `no record in the window has ${attributeText(name)}${hint}`, quotesTelemetry: true };
    });
}

const mostAbsent = 10;

function fieldsIn(filter: Filter): Field[] {
  if ('terms' in filter) return filter.terms.flatMap(fieldsIn);
  return 'term' in filter ? fieldsIn(filter.term) : [filter.field];
}

export function tableOf(store: Store, signal: Signal): SignalTable {
  const table = store.table(signal);
  if (table === undefined) throw new StoreError('internal', `the store has no table of ${signal}`);
  return table;
}
