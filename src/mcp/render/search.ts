import type { Column, SearchResult } from '../../query/results.ts';
import { type BuiltinFieldName, recordNouns } from '../../telemetry/fields.ts';
import { formatTime } from '../../telemetry/time.ts';
import {
  answerJson,
  answerText,
  cutNotes,
  echo,
  filterLines,
  type Presentation,
  roomAdvice,
  windowAndClock,
  windowJson,
} from './answer.ts';
import { type Dimension, fitToBudget, type Limits } from './budget.ts';
import { factorOut } from './factor.ts';
import { numberTexts } from './number.ts';
import { cellText, isShared, rowLines, sharedLines, type TableColumn } from './table.ts';
import { dateOf, timeTexts } from './time.ts';
import { Untrusted } from './untrusted.ts';

type Shrinking = 'body' | 'value' | 'rows' | 'name';

/** Bodies are shortened first, then other values, and rows go last; but for names that are mischief. */
function dimensions(result: SearchResult, maxTokens: number): Dimension<Shrinking>[] {
  const longest = result.rows
    .flat()
    .reduce<number>((most, cell) => Math.max(most, typeof cell === 'string' ? cell.length : 0), 0);
  // No text of more than eight characters a token fits, but for long runs of blanks.
  const most = Math.min(longest, maxTokens * 8);
  return [
    { name: 'body', most, least: 120 },
    { name: 'value', most, least: 40 },
    { name: 'rows', most: result.rows.length, least: 0 },
    { name: 'name', most: 128, least: 0 },
  ];
}

/** While bodies shrink, other values keep 256 characters. */
function limitOf(column: Column, { body, value }: Limits<Shrinking>): number {
  return isBody(column) ? body : Math.min(value, Math.max(body, 256));
}

const bodyOnItsOwnLine = 100;
const howToNarrow = 'ask for fewer fields or a lower limit';

/** The records as compact text. */
export function searchText(result: SearchResult, presentation: Presentation): string {
  const { maxTokens } = presentation;
  const lengths = new Map<string, number>();
  const filter = filterLines(result, maxTokens);
  return fitToBudget(dimensions(result, maxTokens), maxTokens, (limits) => {
    const untrusted = new Untrusted(lengths);
    const rows = result.rows.slice(0, limits.rows);
    const { lines, rounded } = records({ ...result, rows }, limits, untrusted);
    return answerText(
      {
        head: [headOf(result, rows.length), ...filter],
        data: lines,
        notes: [
          ...(rounded ? ['durations are rounded; format "json" has them exact'] : []),
          ...cutNotes(untrusted.cut, maxTokens, howToNarrow),
          ...leftOutNotes(result, rows.length, maxTokens),
        ],
        more: moreLines(result, rows.length),
      },
      result,
      presentation,
    );
  });
}

/** The records as JSON: times as ISO strings, durations in ns. */
export function searchJson(result: SearchResult, presentation: Presentation): string {
  const { maxTokens } = presentation;
  const lengths = new Map<string, number>();
  const filter = echo(result.filter, maxTokens);
  return fitToBudget(dimensions(result, maxTokens), maxTokens, (limits) => {
    const untrusted = new Untrusted(lengths);
    const rows = result.rows
      .slice(0, limits.rows)
      .map((row) => result.columns.map((column, i) => jsonCell(row[i] ?? null, column, limits, untrusted)));
    const body = {
      window: windowJson(result),
      filter,
      matched: result.matched,
      returned: rows.length,
      columns: result.columns.map(({ name }) => untrusted.admit(name, limits.name)),
      rows,
      next_cursor: result.cursors[rows.length - 1] ?? null,
    };
    const notes = [
      ...cutNotes(untrusted.cut, maxTokens, howToNarrow),
      ...leftOutNotes(result, rows.length, maxTokens),
    ];
    return answerJson(body, notes, result, presentation);
  });
}

function jsonCell(
  value: string | number | bigint | null,
  column: Column,
  limits: Limits<Shrinking>,
  untrusted: Untrusted,
): string | number | null {
  if (typeof value === 'string') return untrusted.admit(value, limitOf(column, limits));
  if (typeof value === 'bigint') return column.type === 'time' ? formatTime(value) : Number(value);
  return value;
}

function headOf(result: SearchResult, shown: number): string {
  const { signal, matched, order, before } = result;
  const window = windowAndClock(result);
  if (matched === 0) return `no ${recordNouns[signal]} match; ${window}`;
  if (before > 0) {
    const range = shown === 0 ? `none behind the first ${before}` : `${before + 1} to ${before + shown}`;
    return `${range} of ${matched} ${recordNouns[signal]}; ${order} first; ${window}`;
  }
  const ordered = matched === 1 ? '' : `${order} first; `;
  return `${shown} of ${matched} ${recordNouns[signal]}; ${ordered}${window}`;
}

function leftOutNotes(result: SearchResult, shown: number, maxTokens: number): string[] {
  if (shown === result.rows.length) return [];
  return [`${result.rows.length - shown} more rows don't fit: ${roomAdvice(maxTokens, howToNarrow)}`];
}

/** The cursor goes on behind the last row that is shown. */
function moreLines({ matched, before, cursors }: SearchResult, shown: number): string[] {
  const cursor = cursors[shown - 1];
  if (typeof cursor !== 'string') return [];
  const left = matched - before - shown;
  // Records may have come since they were counted.
  const rest = left > 1 ? `${left} more match` : left === 1 ? '1 more matches' : 'more match';
  return [`${rest}: repeat the call with cursor "${cursor}"`];
}

interface Records {
  readonly lines: readonly string[];
  readonly rounded: boolean;
}

function records(result: SearchResult, limits: Limits<Shrinking>, untrusted: Untrusted): Records {
  let rounded = false;
  const columns = result.columns.map((column, i): TableColumn => {
    const cells = result.rows.map((row) => row[i] ?? null);
    const name = untrusted.show(column.name, limits.name);
    if (column.type === 'time') return timeColumn(name, cells, result);
    if (column.type === 'number') {
      const numbers = numberTexts(
        cells.map((cell) => (cell === null ? null : Number(cell))),
        column.unit,
      );
      rounded ||= numbers.rounded;
      return { name, cells: numbers.texts };
    }
    const limit = limitOf(column, limits);
    return {
      name,
      cells: cells.map((cell) => (cell === null || cell === '' ? null : untrusted.show(String(cell), limit))),
    };
  });
  return { lines: layOut(columns, result.rows.length), rounded };
}

function timeColumn(
  name: string,
  cells: readonly (string | number | bigint | null)[],
  result: SearchResult,
): TableColumn {
  const { texts, date } = timeTexts(cells.map((cell) => (typeof cell === 'bigint' ? cell : null)));
  const known = date === undefined || date === dateOf(result.window);
  return {
    name: known ? name : `${name} (${date})`,
    cells: texts,
    ...(name === 'timestamp' && { inRows: true }),
  };
}

/** The fields that say where a record came from. */
const originFields = new Set<string>([
  'cluster',
  'namespace',
  'workload',
  'pod_name',
  'container_name',
  'node_name',
  'service',
  'region',
  'app_version',
] satisfies BuiltinFieldName[]);

/** The rows; what repeats in them stands above, long bodies stand on a line of their own below their row. */
function layOut(columns: readonly TableColumn[], rows: number): string[] {
  const origin = factorOut(columns, (name) => originFields.has(name), { name: 'origin', prefix: 'o' });
  const trace = factorOut(origin.columns, (name) => name === 'trace_id', { name: 'trace', prefix: 't' });
  const columnsLeft = trace.columns;
  const body = columnsLeft.find(({ name }) => name === 'body');
  const above = [...origin.lines, ...trace.lines];
  if (body === undefined || (rows > 1 && isShared(body))) {
    return [...sharedLines(columnsLeft), ...above, ...rowLines(columnsLeft)];
  }
  const others = columnsLeft.filter((column) => column !== body);
  const shared = sharedLines(others);
  if (!body.cells.some((cell) => (cell?.length ?? 0) > bodyOnItsOwnLine)) {
    return [...shared, ...above, ...rowLines([...others, { ...body, inRows: true }])];
  }
  const [names = '', ...lines] = rowLines(others);
  return [
    ...shared,
    ...above,
    names,
    ...lines.flatMap((line, i) => [line, `\t${cellText(body.cells[i] ?? null)}`]),
  ];
}

function isBody(column: Column): boolean {
  return column.name === 'body';
}
