// biome-ignore-all lint/a11y/noRedundantRoles: `display: grid` takes the elements' own roles away
import type { ReactNode } from 'react';
import { classNames } from './class-names.ts';
import styles from './table.module.css';

export interface Column<Row> {
  readonly title: string;
  /** The title is for screen readers only. */
  readonly hideTitle?: boolean;
  readonly look?: 'number' | 'action';
  cell(row: Row): ReactNode;
}

export interface TableProps<Row> {
  readonly label: string;
  /** The first one names the row. */
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  keyOf(row: Row): string;
}

/**
 * A table that becomes a list of cards where it is narrow. The roles are spelled out because `display`
 * takes the elements' own ones away.
 */
export function Table<Row>({ label, columns, rows, keyOf }: TableProps<Row>) {
  return (
    <div className={styles.frame}>
      <table className={styles.table} role="table" aria-label={label}>
        <thead role="rowgroup" className={styles.head}>
          <tr role="row">
            {columns.map(({ title, hideTitle, look }) => (
              <th key={title} role="columnheader" scope="col" className={classNames(look && styles[look])}>
                <span className={classNames(hideTitle && 'visually-hidden')}>{title}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map((row) => (
            <tr key={keyOf(row)} role="row" className={styles.row}>
              {columns.map((column, index) => (
                <Cell key={column.title} column={column} row={row} names={index === 0} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Cell<Row>({
  column: { title, hideTitle, look, cell },
  row,
  names,
}: {
  readonly column: Column<Row>;
  readonly row: Row;
  readonly names: boolean;
}) {
  const className = classNames(styles.cell, look && styles[look], names && styles.name);
  if (names) {
    return (
      <th role="rowheader" scope="row" className={className}>
        {cell(row)}
      </th>
    );
  }
  return (
    <td role="cell" className={className} data-title={hideTitle ? undefined : title}>
      <div>{cell(row)}</div>
    </td>
  );
}
