import { attributeNames, attributeStatistics, builtinStatistics, newestWindow } from '../store/fields.ts';
import { countRecords } from '../store/search.ts';
import { builtinField, fieldsOf, recordNouns, type Signal } from '../telemetry/fields.ts';
import { attributeText } from '../telemetry/filter/print.ts';
import { nearest } from '../telemetry/nearest.ts';
import { formatTime } from '../telemetry/time.ts';
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
  const isSample = window.from > subject.window.from;
  const rowsInWindow = isSample ? await countRecords(clickhouse, table, subject, options) : builtin.rows;
  if (isSample) {
    notes.push(
      `coverage and examples are estimated from a sample, the newest ${builtin.rows} of ${rowsInWindow} ${recordNouns[signal]} (since ${formatTime(window.from)}); a field that only older ones have is missing, a shorter window is read whole`,
    );
  }
  if (attributes.total > attributes.attributes.length) {
    notes.push(
      `${attributes.total} attributes match, the ${attributes.attributes.length} most frequent are shown; search for a part of a name to see others`,
    );
  }
  if (builtin.rows === 0) notes.push(...(await diagnoseNothing(context, subject)));
  else if (fields.length === 0) {
    const names = await attributeNames(clickhouse, table, { window, scope }, options);
    notes.push(...nothingFound(signal, search, names));
  }
  return {
    signal,
    search,
    window: subject.window,
    now: subject.statedNow,
    rows: builtin.rows,
    rowsInWindow,
    matched: fields.length + attributes.total - attributes.attributes.length,
    fields,
    notes,
  };
}

const mostNear = 5;

/** What there is near a search that no name has: names of this signal, then fields of the other one. */
function nothingFound(signal: Signal, search: string, attributes: readonly string[]): Note[] {
  const builtin = fieldsOf(signal);
  const names = [...builtin.flatMap(({ name, aliases }) => [name, ...aliases]), ...attributes];
  const nearWords = nearest(
    search,
    names.flatMap((name) => name.split(/[^\p{L}\p{N}]+/u)),
    1,
  );
  const withWord = names.filter((name) => nearWords.some((word) => name.includes(word)));
  const near = [...new Set([...nearest(search, names, mostNear), ...withWord])]
    .slice(0, mostNear)
    .map((name) =>
      attributes.includes(name) ? attributeText(name) : (builtinField(signal, name)?.name ?? name),
    );
  const other = signal === 'logs' ? 'traces' : 'logs';
  const there = fieldsOf(other).filter(
    (field) =>
      !field.signals.includes(signal) &&
      [field.name, ...field.aliases].some((name) => name.includes(search.toLowerCase())),
  );
  return [
    ...(near.length === 0
      ? []
      : [{ text: `near it there is ${[...new Set(near)].join(', ')}`, quotesTelemetry: true } as const]),
    ...(there.length === 0 ? [] : [`${other} have ${there.map(({ name }) => name).join(', ')}`]),
    `the window has ${builtin.length} built-in fields and ${attributes.length} attributes: search "" lists them`,
  ];
}
