import { fieldValues } from '../store/field-values.ts';
import { countNotNumeric } from '../store/search.ts';
import type { Field, Signal } from '../telemetry/fields.ts';
import { stringText } from '../telemetry/filter/print.ts';
import { InputError } from '../telemetry/input-error.ts';
import { nearest } from '../telemetry/nearest.ts';
import { formatTime } from '../telemetry/time.ts';
import { diagnoseNothing } from './diagnosis.ts';
import { lowered } from './limits.ts';
import type { Call } from './queries.ts';
import { type FieldInput, groupLimit, type RangeRequest } from './requests.ts';
import { unitOf } from './resolve-fields.ts';
import type { Note, Result, Unit } from './results.ts';
import { notNumericNote } from './search.ts';
import { type QueryContext, readSubject, type Subject } from './subject.ts';
import { together } from './together.ts';

export interface FieldValuesRequest extends RangeRequest {
  readonly signal: Signal;
  readonly field: FieldInput;
  /** Part of a value, in any case; empty for all. */
  readonly search?: string | undefined;
  readonly filters?: string | undefined;
  /** 1 to 200; 20 when absent. */
  readonly limit?: number | undefined;
}

export interface FieldValuesResult extends Result {
  readonly signal: Signal;
  /** The field's name as filters take it. */
  readonly field: string;
  readonly unit: Unit | undefined;
  readonly search: string;
  readonly filter: string;
  readonly filterRewritten: boolean;
  /** Rows that match, those of them that have the field, and those whose value holds the part. */
  readonly rows: number;
  readonly rowsWithValue: number;
  readonly rowsMatched: number;
  /** Different values that hold the part. */
  readonly valuesTotal: number;
  /** The most frequent first. */
  readonly values: readonly FieldValueCount[];
}

export interface FieldValueCount {
  readonly value: string;
  readonly rows: number;
  /** Of all rows that match, 0 to 1. */
  readonly share: number;
}

const longestPart = 1000;

/** Values that are looked at for near ones, and those that are named. */
const comparedValues = 1000;
const namedValues = 3;

/**
 * The most frequent values of a field in a window, with counts.
 *
 * @throws InputError for a time, filter, field or limit that can't be used
 * @throws StoreError when the store does not answer
 */
export async function listFieldValues(
  context: QueryContext,
  request: FieldValuesRequest,
  call: Call,
): Promise<FieldValuesResult> {
  const limit = lowered('limit', request.limit, groupLimit);
  const search = request.search ?? '';
  if (search.length > longestPart) {
    throw new InputError(`search: takes at most ${longestPart} characters; a part of a value is enough`);
  }
  const subject = await readSubject(context, { ...request, fields: [request.field] }, call);
  const [named] = subject.fields;
  if (named === undefined) throw new InputError('field: name one, as get-trace-or-log-fields lists them');
  const { clickhouse } = context.store;
  const [found, notNumeric] = await together(call.signal, (signal) =>
    Promise.all([
      fieldValues(
        clickhouse,
        subject.table,
        { ...subject, field: named.field, part: search, limit: limit.value },
        { ...subject.options, signal },
      ),
      countNotNumeric(clickhouse, subject.table, subject, { ...subject.options, signal }),
    ]),
  );
  const notes: Note[] = [...subject.notes, ...limit.notes];
  if (notNumeric > 0) notes.push(notNumericNote(notNumeric));
  if (found.rows === 0) notes.push(...(await diagnoseNothing(context, subject)));
  else if (found.rowsWithValue > 0 && found.valuesTotal === 0)
    notes.push(await nearestValues(context, subject, named.field, search));
  else if (found.valuesTotal > limit.value && found.valuesTotal === found.rowsMatched) {
    notes.push(`no value comes twice: analyze-${request.signal} gives averages and percentiles of numbers`);
  }
  return {
    signal: request.signal,
    field: named.name,
    unit: unitOf(named.field),
    search,
    filter: subject.filterText,
    filterRewritten: subject.filterRewritten,
    window: subject.window,
    now: subject.statedNow,
    rows: found.rows,
    rowsWithValue: found.rowsWithValue,
    rowsMatched: found.rowsMatched,
    valuesTotal: found.valuesTotal,
    values: found.values.map(({ value, rows }) => ({
      value: valueText(named.field, value),
      rows,
      share: rows / found.rows,
    })),
    notes,
  };
}

const valueText = (field: Field, value: string): string =>
  field.kind === 'builtin' && field.type === 'time' ? formatTime(BigInt(value)) : value;

/** What there is instead of values with that part. */
async function nearestValues(
  { store }: QueryContext,
  subject: Subject,
  field: Field,
  part: string,
): Promise<Note> {
  const { values } = await fieldValues(
    store.clickhouse,
    subject.table,
    { ...subject, field, part: '', limit: comparedValues },
    subject.options,
  );
  const texts = values.map(({ value }) => valueText(field, value));
  const near = nearest(part, texts, namedValues);
  const named = (near.length > 0 ? near : texts.slice(0, namedValues)).map(stringText).join(', ');
  return {
    text: `no value holds ${stringText(part)}; ${near.length > 0 ? 'near it there is' : 'the most frequent are'} ${named}`,
    quotesTelemetry: true,
  };
}
