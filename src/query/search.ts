import {
  countNotNumeric,
  countRecords,
  type FieldValue,
  longestText,
  searchRecords,
} from '../store/search.ts';
import { defaultColumns, fixedColumns } from '../telemetry/fields.ts';
import { InputError } from '../telemetry/input-error.ts';
import type { CursorSubject } from './cursor.ts';
import { diagnoseNothing } from './diagnosis.ts';
import { lowered } from './limits.ts';
import type { Call } from './queries.ts';
import { mostRows, type SearchRequest } from './requests.ts';
import { unitOf, withoutRepeated } from './resolve-fields.ts';
import type { Column, Note, SearchResult } from './results.ts';
import { type QueryContext, readSubject } from './subject.ts';
import { together } from './together.ts';

/**
 * The records that match, at most 10 of them, and how many there are; with a cursor, those that follow.
 *
 * @throws InputError for a time, filter, field, order or cursor that can't be used
 * @throws StoreError when the store does not answer
 */
export async function search(
  context: QueryContext,
  request: SearchRequest,
  call: Call,
): Promise<SearchResult> {
  const { signal, order = 'newest' } = request;
  if (order === 'slowest' && signal === 'logs') {
    throw new InputError('order: logs have no duration; use newest or oldest');
  }
  const { cursors } = context;
  const { keyId } = call.principal;
  const cursor =
    request.cursor === undefined ? undefined : cursors.read(request.cursor, keyId, context.now());
  const limit = lowered('limit', request.limit, { standard: mostRows, max: mostRows });
  const [first = 'timestamp', ...last] = fixedColumns[signal];
  const asked = request.fields ?? defaultColumns[signal].map((field) => ({ field }));
  const leading = signal === 'logs' ? [first] : [first, ...last];
  const trailing = signal === 'logs' ? last : [];
  const names = [...leading.map((field) => ({ field })), ...asked, ...trailing.map((field) => ({ field }))];
  const subject = await readSubject(context, { ...request, fields: names, asOf: cursor?.now }, call);
  const fields = withoutRepeated(subject.fields);
  const about: CursorSubject = {
    signal,
    order,
    filter: subject.filterText,
    fields: fields.map(({ name }) => name),
    window: subject.window,
  };
  cursor?.check(about);
  const { clickhouse } = context.store;
  const { table, options } = subject;
  const columns = fields.map(({ field }) => field);
  const [{ records, hasMore }, matched, notNumeric] = await together(call.signal, (signal) =>
    Promise.all([
      searchRecords(
        clickhouse,
        table,
        { ...subject, columns, order, limit: limit.value, after: cursor?.position },
        { ...options, signal },
      ),
      countRecords(clickhouse, table, subject, { ...options, signal }),
      countNotNumeric(clickhouse, table, subject, { ...options, signal }),
    ]),
  );
  const rows = records.map(({ values }) => values);
  const before = cursor?.before ?? 0;
  const notes: Note[] = [...subject.notes, ...limit.notes];
  if (notNumeric > 0) notes.push(notNumericNote(notNumeric));
  const long = rows.flat().filter(isCut).length;
  if (long > 0) notes.push(cutNote(long));
  if (matched === 0) notes.push(...(await diagnoseNothing(context, subject)));
  return {
    signal,
    window: subject.window,
    now: subject.statedNow,
    filter: subject.filterText,
    filterRewritten: subject.filterRewritten,
    order,
    matched,
    columns: fields.map(
      ({ name, field }): Column => ({
        name,
        type: field.kind === 'builtin' ? field.type : 'string',
        unit: unitOf(field),
      }),
    ),
    rows,
    before,
    cursors: records.map(({ position }, i) =>
      i < records.length - 1 || hasMore
        ? cursors.write({ now: subject.now, before: before + i + 1, position }, about, keyId)
        : null,
    ),
    notes,
  };
}

/** A text that is read in part has one character more than the most that is read. */
const isCut = (value: FieldValue): boolean => typeof value === 'string' && value.length > longestText;

const cutNote = (values: number): string =>
  `${values} ${values === 1 ? 'value has' : 'values have'} more than ${longestText} characters; only the first ${longestText} were read`;

export const notNumericNote = (rows: number): string =>
  `${rows} ${rows === 1 ? 'row has' : 'rows have'} text that is no number in a field that is compared with a number; such a row matches no numeric test but !=`;
