import { diagnoseTerms, type Term } from '../store/diagnose.ts';
import { extentOf } from '../store/search.ts';
import { StoreError } from '../store/store-error.ts';
import type { Field } from '../telemetry/fields.ts';
import type { Filter } from '../telemetry/filter/ast.ts';
import { printFilter, stringText } from '../telemetry/filter/print.ts';
import { nearest } from '../telemetry/nearest.ts';
import { formatTime } from '../telemetry/time.ts';
import type { Note } from './results.ts';
import type { QueryContext, Subject } from './subject.ts';

const mostTerms = 12;
const mostNearest = 3;

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
  const { signal } = table;
  const terms = filter === undefined ? [] : termsOf(filter).slice(0, mostTerms);
  const found = await diagnoseTerms(store.clickhouse, table, { window, scope }, terms, options);
  if (found.rows === 0) {
    const extent = await extentOf(store.clickhouse, table, scope, options);
    return [
      extent === undefined
        ? `there are no ${signal} at all`
        : `the window holds no ${signal}; there are some from ${formatTime(extent.oldest)} to ${formatTime(extent.newest)}`,
    ];
  }
  const notes: Note[] = [`without the filter the window holds ${found.rows} ${signal}`];
  for (const [i, term] of terms.entries()) {
    const { rowsWithout, values } = found.terms[i] ?? { rowsWithout: 0, values: [] };
    if (terms.length > 1) notes.push(`without ${printFilter(term.filter)} match ${rowsWithout}`);
    const near = nearestValues(term.filter, values);
    if (term.field !== undefined && near.length > 0) {
      const text = `near ${printFilter(term.filter)} there are ${near.map(stringText).join(', ')}`;
      notes.push({ text, quotesTelemetry: true });
    }
  }
  return notes;
}

function termsOf(filter: Filter): Term[] {
  const terms = filter.kind === 'and' ? filter.terms : [filter];
  return terms.map((term) => ({ filter: term, field: fieldWithValues(term) }));
}

/** The field of a term that asks for values which may be misspelt. */
function fieldWithValues(term: Filter): Field | undefined {
  return wantedTexts(term).length > 0 && 'field' in term ? term.field : undefined;
}

function wantedTexts(term: Filter): string[] {
  const values =
    term.kind === 'comparison' && term.operator === '='
      ? [term.value]
      : term.kind === 'in' && !term.negated
        ? term.values
        : [];
  return values.flatMap((value) => (value.type === 'string' && value.value !== '' ? [value.value] : []));
}

function nearestValues(term: Filter, values: readonly string[]): string[] {
  const wanted = wantedTexts(term).filter((text) => !values.includes(text));
  return [...new Set(wanted.flatMap((text) => nearest(text, values)))].slice(0, mostNearest);
}
