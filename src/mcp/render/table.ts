export interface TableColumn {
  readonly name: string;
  /** One for each row, visible text; null is no value. */
  readonly cells: readonly (string | null)[];
  /** Stays in the rows even where all its cells are equal. */
  readonly inRows?: true;
}

/** A table as lines: what all rows share, then the rows. */
export function tableLines(columns: readonly TableColumn[]): string[] {
  return [...sharedLines(columns), ...rowLines(columns)];
}

/** The columns without any value, those with one value in all rows, and those that repeat another, once. */
export function sharedLines(columns: readonly TableColumn[]): string[] {
  const shared = columns.filter((column) => !column.inRows && isShared(column));
  const empty = shared.filter(({ cells }) => cells[0] === null);
  const equal = shared.filter(({ cells }) => typeof cells[0] === 'string');
  const rows = equal[0]?.cells.length === 1 ? 'row' : 'all rows';
  const repeated = columns.flatMap((column) => {
    const first = repeatedBy(column, columns);
    return first === undefined ? [] : [`${column.name} as ${first.name}`];
  });
  return [
    ...(empty.length > 0 ? [`no value:\t${empty.map(({ name }) => name).join('\t')}`] : []),
    ...(equal.length > 0
      ? [`${rows}:\t${equal.map(({ name, cells }) => `${name}=${cells[0]}`).join('\t')}`]
      : []),
    ...(repeated.length > 0 ? [`same in each row:\t${repeated.join('\t')}`] : []),
  ];
}

/** Names and rows of the other columns, parted by tabs. */
export function rowLines(columns: readonly TableColumn[]): string[] {
  const others = columns.filter(
    (column) => column.inRows || !(isShared(column) || repeatedBy(column, columns)),
  );
  const [first] = others;
  if (first === undefined || first.cells.length === 0) return [];
  return [
    others.map(({ name }) => name).join('\t'),
    ...first.cells.map((_, row) => others.map(({ cells }) => cellText(cells[row] ?? null)).join('\t')),
  ];
}

/** One value, or none, in all rows. */
export function isShared({ cells }: TableColumn): boolean {
  return cells.every((cell) => cell === cells[0]);
}

/** In fewer, to name a repeated column costs as much as it saves. */
const fewestRows = 3;

/** The first column before this one that has the same value in each row, where values differ from row to row. */
function repeatedBy(column: TableColumn, columns: readonly TableColumn[]): TableColumn | undefined {
  if (column.inRows || column.cells.length < fewestRows || isShared(column)) return undefined;
  const before = columns.slice(0, columns.indexOf(column));
  return before.find(
    ({ inRows, cells }) => !inRows && cells.every((cell, row) => cell === column.cells[row]),
  );
}

/** `-` is no value; a value that is a dash is `\-`. */
export function cellText(cell: string | null): string {
  if (cell === null) return '-';
  return /^\\*-$/.test(cell) ? `\\${cell}` : cell;
}
