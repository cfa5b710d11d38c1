import { attributeStatistics, builtinStatistics, newestWindow } from '../store/fields.ts';
import { attributeText } from '../telemetry/filter/print.ts';
import { diagnoseNothing } from './diagnosis.ts';
import type { Call } from './queries.ts';
import type { FieldsRequest } from './requests.ts';
import { unitOf } from './resolve-fields.ts';
import type { FieldDescription, FieldsResult, Note } from './results.ts';
import { type QueryContext, readSubject } from './subject.ts';
import { together } from './together.ts';

/** Rows that discovery looks at, the newest of the window: it has to stay quick whatever the window. */
const sampledRows = 1_000_000;
const maxAttributes = 200;

/**
 * The fields of a signal, and the attributes that its records have in the window.
 *
 * @throws InputError for a time that can't be used
 * @throws StoreError when the store does not answer
 */
export async function describeFields(
  context: QueryContext,
  request: FieldsRequest,
  call: Call,
): Promise<FieldsResult> {
  const { signal } = request;
  const search = (request.search ?? '').trim().replace(/^@/, '');
  const subject = await readSubject(context, { ...request, fields: [] }, call);
  const { table, options, scope } = subject;
  const { clickhouse } = context.store;
  const window = await newestWindow(clickhouse, table, subject, sampledRows, options);
  const wantedAttributes = { window, scope, search, limit: maxAttributes };
  const [builtin, attributes] = await together(call.signal, (signal) =>
    Promise.all([
      builtinStatistics(clickhouse, table, { window, scope }, { ...options, signal }),
      attributeStatistics(clickhouse, table, wantedAttributes, { ...options, signal }),
    ]),
  );
  const coverage = (rows: number): number => (builtin.rows === 0 ? 0 : rows / builtin.rows);
  const wanted = search.toLowerCase();
  const fields: FieldDescription[] = [];
  for (const [field, { rows, exampleValues }] of builtin.fields) {
    if (![field.name, ...field.aliases].some((name) => name.toLowerCase().includes(wanted))) continue;
    fields.push({
      name: field.name,
      type: field.type,
      unit: unitOf(field),
      kind: 'builtin',
      description: field.description,
      exampleValues,
      coverage: coverage(rows),
    });
  }
  for (const { name, rows, numeric, exampleValues } of attributes.attributes) {
    fields.push({
      name: attributeText(name),
      type: numeric ? 'number' : 'string',
      unit: undefined,
      kind: 'attribute',
      description: '',
      exampleValues,
      coverage: coverage(rows),
    });
  }
  const notes: Note[] = [...subject.notes];
  if (window.from > subject.window.from) {
    notes.push(`examples and coverage are of the newest ${builtin.rows} rows of the window`);
  }
  if (attributes.total > attributes.attributes.length) {
    notes.push(
      `${attributes.total} attributes match, the ${attributes.attributes.length} most frequent are shown; search for a part of a name to see others`,
    );
  }
  if (builtin.rows === 0) notes.push(...(await diagnoseNothing(context, subject)));
  return {
    signal,
    search,
    window: subject.window,
    now: subject.statedNow,
    rows: builtin.rows,
    fields,
    notes,
  };
}
