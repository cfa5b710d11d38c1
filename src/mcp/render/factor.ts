import { estimateTokens } from './estimate.ts';
import { isShared, type TableColumn, tableLines } from './table.ts';

export interface Factored {
  /** The combinations of values that the rows name by a key, as a table of their own. */
  readonly lines: readonly string[];
  /** The columns of the rows: those that were factored out have become one, of keys. */
  readonly columns: readonly TableColumn[];
}

/**
 * Takes columns that change together (where a record came from, its trace) out of the rows, where that
 * makes the text shorter: each combination stands once under a key, and rows hold the key. Records come
 * from few pods and traces, and their long names cost most.
 */
export function factorOut(
  columns: readonly TableColumn[],
  isPart: (name: string) => boolean,
  key: { readonly name: string; readonly prefix: string },
): Factored {
  const parts = columns.filter((column) => isPart(column.name) && !isShared(column));
  const rows = parts[0]?.cells.length ?? 0;
  const combinations = new Map<string, number[]>();
  for (let row = 0; row < rows; row++) {
    const combination = JSON.stringify(parts.map(({ cells }) => cells[row]));
    combinations.set(combination, [...(combinations.get(combination) ?? []), row]);
  }
  const keys = new Array<string>(rows);
  const firstRows: number[] = [];
  for (const [index, ofCombination] of [...combinations.values()].entries()) {
    for (const row of ofCombination) keys[row] = `${key.prefix}${index + 1}`;
    firstRows.push(ofCombination[0] ?? 0);
  }
  const pick = (cells: TableColumn['cells']) => firstRows.map((row) => cells[row] ?? null);
  const keyColumn: TableColumn = { name: key.name, cells: keys, inRows: true };
  const lines = tableLines(
    [keyColumn, ...parts].map(({ name, cells }): TableColumn => ({ name, cells: pick(cells), inRows: true })),
  );
  const before = estimateTokens(tableLines(parts).join('\n'));
  const after = estimateTokens([...lines, ...keys].join('\n'));
  if (after >= before) return { lines: [], columns };
  const [first] = parts;
  return {
    lines,
    columns: columns.flatMap((column) =>
      column === first ? [keyColumn] : parts.includes(column) ? [] : [column],
    ),
  };
}
