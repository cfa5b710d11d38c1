import { diagnoseTerms, type Term } from '../store/diagnose.ts';
import { extentOf } from '../store/search.ts';
import { StoreError } from '../store/store-error.ts';
import { type Field, recordNouns } from '../telemetry/fields.ts';
import type { Filter } from '../telemetry/filter/ast.ts';
import { attributeText, printFilter, stringText } from '../telemetry/filter/print.ts';
import { nearest } from '../telemetry/nearest.ts';
import { formatTime } from '../telemetry/time.ts';
import type { Note } from './results.ts';
import type { QueryContext, Subject } from './subject.ts';

const mostTerms = 12;
const mostNearest = 3;
const mostFrequent = 5;

/** Why nothing matched: which term of the filter leaves all out, or that the window holds nothing. */
export async function diagnoseNothing(context: QueryContext, subject: Subject): Promise<Note[]> {
  try {
    return await diagnose(context, subject);
  } catch (error) {
    if (error instanceof StoreError && error.kind !== 'aborted') {
      return ['why nothing matched could not be found out within the limits of a query'];
    }
    throw error;
  }
}

async function diagnose({ store }: QueryContext, subject: Subject): Promise<Note[]> {
  const { table, window, scope, filter, options } = subject;
  const noun = recordNouns[table.signal];
  const terms = filter === undefined ? [] : termsOf(filter);
  const asked = { terms, tried: mostTerms };
  const found = await diagnoseTerms(store.clickhouse, table, { window, scope }, asked, options);
  if (found.rows === 0) {
    const extent = await extentOf(store.clickhouse, table, scope, options);
    return [
      extent === undefined
        ? `there are no ${noun} at all`
        : `the window holds no ${noun}; there are some from ${formatTime(extent.oldest)} to ${formatTime(extent.newest)}`,
    ];
  }
  const notes: Note[] = [`without the filter the window holds ${found.rows} ${noun}`];
  for (const [i, { rowsWithout, rowsWithField, values }] of found.terms.entries()) {
    const term = terms[i];
    if (term === undefined) continue;
    if (terms.length > 1) notes.push(`without ${printFilter(term.filter)} match ${rowsWithout}`);
    const name = term.field && fieldName(term.field);
    if (name !== undefined && rowsWithField === 0) notes.push(`none of them has a value of ${name}`);
    const existing = existingValues(term.filter, values);
    if (name !== undefined && existing.length > 0) {
      notes.push({
        text: `values of ${name} here: ${existing.map(stringText).join(', ')}`,
        quotesTelemetry: true,
      });
    }
  }
  if (terms.length > mostTerms)
    notes.push(`${terms.length - mostTerms} more terms were not left out in turn`);
  return notes;
}

function termsOf(filter: Filter): Term[] {
  const terms = filter.kind === 'and' ? filter.terms : [filter];
  return terms.map((term) => ({ filter: term, field: 'field' in term ? textField(term.field) : undefined }));
}

/** Every record has a value of the other fields. */
const textField = (field: Field): Field | undefined =>
  field.kind === 'attribute' || field.type === 'string' ? field : undefined;

const fieldName = (field: Field): string =>
  field.kind === 'attribute' ? attributeText(field.name) : field.name;

function wantedTexts(term: Filter): string[] {
  const values =
    term.kind === 'comparison' && term.operator === '='
      ? [term.value]
      : term.kind === 'in' && !term.negated
        ? term.values
        : [];
  return values.flatMap((value) => (value.type === 'string' && value.value !== '' ? [value.value] : []));
}

/** The values nearest to those that a term asks for and that do not exist; else the most frequent ones. */
function existingValues(term: Filter, values: readonly string[]): string[] {
  const wanted = wantedTexts(term).filter((text) => !values.includes(text));
  const near = [...new Set(wanted.flatMap((text) => nearest(text, values)))];
  return wanted.length === 0 || near.length > 0 ? near.slice(0, mostNearest) : values.slice(0, mostFrequent);
}
