import type { ApiKey } from '../../api/answers.ts';
import { Badge } from '../../components/badge.tsx';
import { Button } from '../../components/button.tsx';
import { type Column, Table } from '../../components/table.tsx';
import { Time } from '../../components/time.tsx';
import styles from './api-keys.module.css';
import { LimitsText } from './limits-text.tsx';

export interface KeyTableProps {
  readonly keys: readonly ApiKey[];
  readonly currentKeyId: string | null;
  onRevoke(key: ApiKey): void;
}

export function KeyTable({ keys, currentKeyId, onRevoke }: KeyTableProps) {
  const columns: Column<ApiKey>[] = [
    {
      title: 'Name',
      cell: ({ id, name }) => (
        <div className={styles.key}>
          <span className={styles.name}>
            {name}
            {id === currentKeyId && <span className={styles.you}>yours</span>}
          </span>
          <code className={styles.id}>ks_{id}_…</code>
        </div>
      ),
    },
    { title: 'State', cell: (key) => <State state={key.state} /> },
    { title: 'Roles', cell: ({ roles }) => roles.join(', ') },
    { title: 'Sees', cell: ({ limits }) => <LimitsText limits={limits} /> },
    { title: 'Expires', cell: ({ expires_at }) => (expires_at ? <Time at={expires_at} /> : 'Never') },
    { title: 'Last used', cell: ({ last_used_at }) => (last_used_at ? <Time at={last_used_at} /> : 'Never') },
    {
      title: 'Actions',
      hideTitle: true,
      look: 'action',
      cell: (key) => <Action apiKey={key} onRevoke={onRevoke} />,
    },
  ];
  return <Table label="API keys" columns={columns} rows={keys} keyOf={({ id }) => id} />;
}

function State({ state }: Pick<ApiKey, 'state'>) {
  if (state === 'active') return <Badge look="good">Active</Badge>;
  return state === 'expired' ? <Badge look="caution">Expired</Badge> : <Badge>Revoked</Badge>;
}

function Action({ apiKey, onRevoke }: { readonly apiKey: ApiKey; onRevoke(key: ApiKey): void }) {
  if (apiKey.state === 'revoked') return null;
  if (apiKey.source === 'file') return <span className={styles.elsewhere}>From a file</span>;
  return (
    <Button size="s" onClick={() => onRevoke(apiKey)} aria-label={`Revoke ${apiKey.name}`}>
      Revoke
    </Button>
  );
}
