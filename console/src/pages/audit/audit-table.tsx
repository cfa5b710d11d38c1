import type { AuditRecord } from '../../api/answers.ts';
import { Badge } from '../../components/badge.tsx';
import { durationText, wholeNumber } from '../../components/number-text.ts';
import { type Column, Table } from '../../components/table.tsx';
import { Time } from '../../components/time.tsx';
import { windowText } from '../../components/time-text.ts';
import styles from './audit.module.css';
import { queryText } from './query-text.ts';
import { outcomeText } from './questions.ts';

const columns: readonly Column<AuditRecord>[] = [
  {
    title: 'Action',
    cell: ({ action, query, window }) => (
      <div className={styles.action}>
        <code className={styles.name}>{action}</code>
        {query !== '' && query !== '{}' && <span className={styles.query}>{queryText(query)}</span>}
        {window && <span className={styles.window}>{windowText(window)}</span>}
      </div>
    ),
  },
  { title: 'When', cell: ({ time }) => <Time at={time} /> },
  { title: 'Key', cell: ({ key_name, key_id }) => <span title={key_id}>{key_name}</span> },
  {
    title: 'Outcome',
    cell: ({ outcome }) => (
      <Badge look={outcome === 'ok' ? 'good' : outcome === 'cancelled' ? 'plain' : 'caution'}>
        {outcomeText(outcome)}
      </Badge>
    ),
  },
  { title: 'Rows', look: 'number', cell: ({ rows }) => (rows === null ? '–' : wholeNumber(rows)) },
  { title: 'Duration', look: 'number', cell: ({ duration_ms }) => durationText(duration_ms) },
];

export function AuditTable({ records }: { readonly records: readonly AuditRecord[] }) {
  const rows = records.map((record, index) => ({ ...record, row: `${record.time}-${index}` }));
  return (
    <Table<AuditRecord & { readonly row: string }>
      label="Audit records"
      columns={columns}
      rows={rows}
      keyOf={({ row }) => row}
    />
  );
}
