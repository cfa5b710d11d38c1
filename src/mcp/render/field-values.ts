import type { FieldValuesResult } from '../../query/field-values.ts';
import { recordNouns } from '../../telemetry/fields.ts';
import {
  echo,
  filterLines,
  headLine,
  type Presentation,
  roomAdvice,
  windowAndClock,
  windowJson,
} from './answer.ts';
import type { Dimension } from './budget.ts';
import { type Frame, fittedJson, fittedText } from './fitted.ts';
import { percent } from './number.ts';
import { visible } from './untrusted.ts';

type Shrinking = 'value' | 'values' | 'name';

const howToNarrow = 'search for a part of the value, or narrow filters';

/** Values are shortened first, then the least frequent go, then the field's name is cut. */
function frameOf(result: FieldValuesResult, presentation: Presentation): Frame<Shrinking> {
  const { values } = result;
  const longest = values.reduce((most, { value }) => Math.max(most, value.length), 0);
  const dimensions: Dimension<Shrinking>[] = [
    { name: 'value', most: Math.min(longest, presentation.maxTokens * 8), least: 60 },
    { name: 'values', most: values.length, least: 0 },
    { name: 'name', most: 256, least: 20 },
  ];
  return { result, presentation, dimensions, howToNarrow };
}

/** The values as compact text, the most frequent first. */
export function fieldValuesText(result: FieldValuesResult, presentation: Presentation): string {
  const { maxTokens } = presentation;
  const filter = filterLines(result, maxTokens);
  return fittedText(frameOf(result, presentation), (limits, untrusted) => {
    const shown = result.values.slice(0, limits.values);
    const unit = result.unit === undefined ? '' : ` (${result.unit})`;
    const name = untrusted.show(result.field, limits.name);
    const lines = shown.map(({ value, rows, share }) =>
      [untrusted.show(value, limits.value), rows, percent(share)].join('\t'),
    );
    return {
      head: [headOf(result, shown.length, maxTokens), ...filter],
      data: [`${name}${unit}\t${recordNouns[result.signal]}\tshare`, ...lines],
      notes: restNotes(result, shown.length, maxTokens),
    };
  });
}

/** The values as JSON. */
export function fieldValuesJson(result: FieldValuesResult, presentation: Presentation): string {
  const { maxTokens } = presentation;
  const filter = echo(result.filter, maxTokens);
  const search = echo(result.search, maxTokens);
  return fittedJson(frameOf(result, presentation), (limits, untrusted) => {
    const shown = result.values.slice(0, limits.values);
    const body = {
      window: windowJson(result),
      field: untrusted.admit(result.field, limits.name),
      unit: result.unit ?? null,
      filter,
      search,
      rows: result.rows,
      rows_with_value: result.rowsWithValue,
      values_total: result.valuesTotal,
      values_shown: shown.length,
      values: shown.map(({ value, rows, share }) => ({
        value: untrusted.admit(value, limits.value),
        count: rows,
        share,
      })),
      rest: restOf(result, shown.length),
    };
    return { body, notes: restNotes(result, shown.length, maxTokens) };
  });
}

function headOf(result: FieldValuesResult, shown: number, maxTokens: number): string {
  const { valuesTotal, search, rows, rowsWithValue, signal } = result;
  const part = search === '' ? '' : ` with "${visible(echo(search, maxTokens))}"`;
  return headLine(
    `${shown === valuesTotal ? shown : `${shown} of ${valuesTotal}`} different values${part}, most frequent first`,
    `${rowsWithValue} of ${rows} ${recordNouns[signal]} have one`,
    windowAndClock(result),
  );
}

/** The values that are not shown, and the rows that have one of them. */
function restOf(
  { values, valuesTotal, rowsMatched }: FieldValuesResult,
  shown: number,
): { readonly values: number; readonly count: number } {
  const counted = values.slice(0, shown).reduce((sum, { rows }) => sum + rows, 0);
  return { values: valuesTotal - shown, count: rowsMatched - counted };
}

function restNotes(result: FieldValuesResult, shown: number, maxTokens: number): string[] {
  const { values, count } = restOf(result, shown);
  if (values === 0) return [];
  const advice =
    shown < result.values.length
      ? roomAdvice(maxTokens, howToNarrow)
      : `raise limit (up to 200), or ${howToNarrow}`;
  const share = percent(result.rows === 0 ? 0 : count / result.rows);
  return [
    `${values} more ${values === 1 ? 'value' : 'values'} with ${count} ${recordNouns[result.signal]} (${share}): ${advice}`,
  ];
}
