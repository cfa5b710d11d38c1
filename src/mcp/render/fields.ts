import type { FieldDescription, FieldsResult } from '../../query/results.ts';
import { recordNouns } from '../../telemetry/fields.ts';
import {
  answerJson,
  answerText,
  cutNotes,
  echo,
  type Presentation,
  roomAdvice,
  windowAndClock,
  windowJson,
} from './answer.ts';
import { type Dimension, fitToBudget, type Limits } from './budget.ts';
import { percent } from './number.ts';
import { Untrusted, visible } from './untrusted.ts';

type Shrinking = 'value' | 'examples' | 'descriptions' | 'fields';

/** Values are shortened first, then there are fewer examples, then no descriptions; fields go last. */
function dimensions({ fields }: FieldsResult, maxTokens: number): Dimension<Shrinking>[] {
  const examples = fields.map(({ exampleValues }) => exampleValues);
  const longest = examples.flat().reduce((most, value) => Math.max(most, value.length), 0);
  return [
    { name: 'value', most: Math.min(longest, maxTokens * 8), least: 60 },
    { name: 'examples', most: Math.max(0, ...examples.map(({ length }) => length)), least: 0 },
    { name: 'descriptions', most: 1, least: 0 },
    { name: 'fields', most: fields.length, least: 0 },
  ];
}

const howToNarrow = 'search for a part of the name';
const longestName = 256;

/** The fields as compact text, one line each; those without any value are only named. */
export function fieldsText(result: FieldsResult, presentation: Presentation): string {
  const { maxTokens } = presentation;
  const lengths = new Map<string, number>();
  return fitToBudget(dimensions(result, maxTokens), maxTokens, (limits) => {
    const untrusted = new Untrusted(lengths);
    const shown = result.fields.slice(0, limits.fields);
    const present = shown.filter(({ coverage }) => coverage > 0);
    const absent = shown.filter(({ coverage }) => coverage <= 0);
    const lines = [
      ...(present.length > 0 ? ['name\tshare of records\texamples\tmeaning'] : []),
      ...present.map((field) => fieldLine(field, limits, untrusted)),
      ...(absent.length > 0
        ? [`no value:\t${absent.map(({ name }) => untrusted.show(name, longestName)).join('\t')}`]
        : []),
    ];
    return answerText(
      {
        head: [headOf(result, shown.length, maxTokens)],
        data: lines,
        notes: leftOutNotes(result, limits, maxTokens, untrusted),
        more: [],
      },
      result,
      presentation,
    );
  });
}

/** The fields as JSON. */
export function fieldsJson(result: FieldsResult, presentation: Presentation): string {
  const { maxTokens } = presentation;
  const lengths = new Map<string, number>();
  return fitToBudget(dimensions(result, maxTokens), maxTokens, (limits) => {
    const untrusted = new Untrusted(lengths);
    const fields = result.fields.slice(0, limits.fields).map((field) => ({
      name: untrusted.admit(field.name, longestName),
      type: field.type,
      unit: field.unit ?? null,
      kind: field.kind,
      description: limits.descriptions === 0 ? '' : field.description,
      example_values: field.exampleValues
        .slice(0, limits.examples)
        .map((value) => untrusted.admit(value, limits.value)),
      coverage: field.coverage,
    }));
    const body = {
      window: windowJson(result),
      rows: result.rows,
      rows_in_window: result.rowsInWindow,
      fields,
      matched: result.matched,
      returned: fields.length,
    };
    return answerJson(body, leftOutNotes(result, limits, maxTokens, untrusted), result, presentation);
  });
}

function headOf(result: FieldsResult, shown: number, maxTokens: number): string {
  const all = result.matched;
  const count = shown === all ? `${all}` : `${shown} of ${all}`;
  const search = result.search === '' ? '' : ` with "${visible(echo(result.search, maxTokens))}" in the name`;
  const builtin = result.fields.filter(({ kind }) => kind === 'builtin').length;
  return `${count} fields of ${result.signal}${search} (${builtin} built-in, ${all - builtin} attributes); ${rowsText(result)}; ${windowAndClock(result)}`;
}

function rowsText({ signal, rows, rowsInWindow }: FieldsResult): string {
  const of = rows === rowsInWindow ? `${rows}` : `sample: newest ${rows} of ${rowsInWindow}`;
  return `${of} ${recordNouns[signal]}`;
}

function fieldLine(field: FieldDescription, limits: Limits<Shrinking>, untrusted: Untrusted): string {
  const type = [
    ...(field.type === 'string' ? [] : [field.type]),
    ...(field.unit === undefined ? [] : [field.unit]),
  ];
  const name = `${untrusted.show(field.name, longestName)}${type.length > 0 ? ` (${type.join(', ')})` : ''}`;
  const examples = field.exampleValues
    .slice(0, limits.examples)
    .map((value) => literal(untrusted.show(value, limits.value)))
    .join(', ');
  const meaning = limits.descriptions === 0 ? '' : field.description;
  return [name, percent(field.coverage), examples, meaning].join('\t').trimEnd();
}

/** The value as a filter takes it: bare where that is possible, else in quotes. */
function literal(value: string): string {
  return /^[\w./:-]+$/.test(value) ? value : `"${value.replaceAll('"', '""')}"`;
}

function examplesText(most: number): string {
  if (most === 0) return 'no examples fit';
  return most === 1 ? 'at most 1 example of each field fits' : `at most ${most} examples of each field fit`;
}

function leftOutNotes(
  result: FieldsResult,
  limits: Limits<Shrinking>,
  maxTokens: number,
  untrusted: Untrusted,
): string[] {
  const all = dimensions(result, maxTokens);
  const less = (name: Shrinking) =>
    limits[name] < (all.find((dimension) => dimension.name === name)?.most ?? 0);
  const advice = roomAdvice(maxTokens, howToNarrow);
  return [
    ...cutNotes(untrusted.cut, maxTokens, howToNarrow),
    ...(less('examples') ? [`${examplesText(limits.examples)}: ${advice}`] : []),
    ...(less('descriptions') ? [`descriptions don't fit: ${advice}`] : []),
    ...(less('fields') ? [`${result.fields.length - limits.fields} more fields don't fit: ${advice}`] : []),
  ];
}
