import { type AskedField, type Diagnosis, diagnoseFilter } from '../store/diagnose.ts';
import { formatDuration } from '../telemetry/duration.ts';
import { type Field, recordNouns } from '../telemetry/fields.ts';
import type { Filter } from '../telemetry/filter/ast.ts';
import { attributeText, printFilter, stringText } from '../telemetry/filter/print.ts';
import { nearest } from '../telemetry/nearest.ts';
import { formatTime } from '../telemetry/time.ts';
import { withinTime } from './deadline.ts';
import { alternativesTo, askedOf, wantedLeaves, wantedTexts } from './filter-leaves.ts';
import type { Note } from './results.ts';
import type { QueryContext, Subject } from './subject.ts';

const mostTerms = 12;
const mostFields = 12;
const mostNearest = 3;
const mostFrequent = 5;

/** An answer that is empty should not take much longer for it, ms. */
const diagnosisMilliseconds = 10_000;

/**
 * Why nothing matched: which term of the filter leaves all out, what values there are instead, or that the
 * window holds nothing, and where there is something. One query, which ends after 10 s.
 */
export async function diagnoseNothing(context: QueryContext, subject: Subject): Promise<Note[]> {
  return withinTime(
    { signal: subject.options.signal, milliseconds: diagnosisMilliseconds },
    (signal) => diagnose(context, { ...subject, options: { ...subject.options, signal } }),
    ['why nothing matched could not be found out within the limits of a query'],
  );
}

async function diagnose({ store }: QueryContext, subject: Subject): Promise<Note[]> {
  const { table, window, scope, filter, options } = subject;
  const noun = recordNouns[table.signal];
  const terms = filter === undefined ? [] : filter.kind === 'and' ? filter.terms : [filter];
  const tried = terms.slice(0, mostTerms);
  const alternatives = tried.map(alternativesTo);
  const fields = fieldsAsked(tried).slice(0, mostFields);
  const found = await diagnoseFilter(
    store.clickhouse,
    table,
    { window, scope },
    { terms, alternatives, fields: fields.map(({ asked }) => asked) },
    options,
  );
  if (found.rows === 0) return [emptyWindow(found, noun)];
  const notes: Note[] = [`without the filter the window holds ${found.rows} ${noun}`];
  for (const [i, term] of tried.entries()) {
    if (terms.length > 1)
      notes.push(`without ${printFilter(term)} match ${found.terms[i]?.rowsWithout ?? 0}`);
    notes.push(...alternativeNotes(alternatives[i] ?? [], found.terms[i]?.alternatives ?? []));
  }
  for (const [i, { asked, wanted }] of fields.entries()) {
    const about = found.fields[i];
    if (about !== undefined) notes.push(...fieldNotes(asked.field, about, wanted));
  }
  if (terms.length > mostTerms)
    notes.push(`${terms.length - mostTerms} more terms were not left out in turn`);
  return notes;
}

function emptyWindow({ before, after }: Diagnosis, noun: string): string {
  const places = [
    ...(before === undefined ? [] : [`the last before it at ${formatTime(before)}`]),
    ...(after === undefined ? [] : [`the first after it at ${formatTime(after)}`]),
  ];
  if (places.length === 0) return `there are no ${noun} at all`;
  return `the window holds no ${noun}; ${places.join(', ')}`;
}

function alternativeNotes(alternatives: readonly Filter[], counts: readonly number[]): string[] {
  const best = alternatives.findIndex((_, i) => (counts[i] ?? 0) > 0);
  const filter = alternatives[best];
  return filter === undefined ? [] : [`with ${printFilter(filter)} in its place match ${counts[best]}`];
}

interface FieldQuestion {
  readonly asked: AskedField;
  /** Texts that the filter asks for. */
  readonly wanted: string[];
}

/** The fields that the terms ask something of, each once. */
function fieldsAsked(terms: readonly Filter[]): FieldQuestion[] {
  const fields = new Map<string, FieldQuestion>();
  for (const leaf of terms.flatMap(wantedLeaves)) {
    const asked = askedOf(leaf);
    if (asked === undefined) continue;
    const name = `${asked.wants} ${fieldName(asked.field)}`;
    const question = fields.get(name) ?? { asked, wanted: [] };
    question.wanted.push(...wantedTexts(leaf));
    fields.set(name, question);
  }
  return [...fields.values()];
}

function fieldNotes(
  field: Field,
  { rows, values, range }: Diagnosis['fields'][number],
  wanted: readonly string[],
): Note[] {
  const name = fieldName(field);
  if (rows === 0) return [`none of them has a value of ${name}`];
  if (range !== undefined) return [`${name} here lies between ${rangeText(field, range)}`];
  const existing = existingValues(wanted, values);
  if (existing.length === 0) return [];
  const more = existing.length < values.length ? ', …' : '';
  return [
    {
      text: `values of ${name} here: ${existing.map(stringText).join(', ')}${more}`,
      quotesTelemetry: true,
    },
  ];
}

const fieldName = (field: Field): string =>
  field.kind === 'attribute' ? attributeText(field.name) : field.name;

/** The values nearest to those that are asked for and that do not exist; else the most frequent ones. */
function existingValues(wanted: readonly string[], values: readonly string[]): string[] {
  const missing = wanted.filter((text) => !values.includes(text));
  if (wanted.length > 0 && missing.length === 0) return [];
  const near = [...new Set(missing.flatMap((text) => nearest(text, values)))];
  return near.length > 0 ? near.slice(0, mostNearest) : values.slice(0, mostFrequent);
}

/** As a filter takes them; durations with three digits, rounded outwards. */
function rangeText(field: Field, { min, max }: { readonly min: number; readonly max: number }): string {
  if (field.kind !== 'builtin' || field.unit !== 'ns') return `${min} and ${max}`;
  return `${duration(min, Math.floor)} and ${duration(max, Math.ceil)}`;
}

function duration(ns: number, round: (value: number) => number): string {
  const digit = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, ns))) - 2);
  return formatDuration(BigInt(round(ns / digit) * digit));
}
