import { useCallback, useState } from 'react';
import { useResource } from '../../api/use-resource.ts';
import { Button } from '../../components/button.tsx';
import { Empty } from '../../components/empty.tsx';
import { Failure } from '../../components/failure.tsx';
import { Page } from '../../components/page.tsx';
import { Select } from '../../components/select.tsx';
import { Loading, Skeleton } from '../../components/skeleton.tsx';
import { useClient } from '../../session/session.tsx';
import styles from './audit.module.css';
import { AuditTable } from './audit-table.tsx';
import { type Outcome, outcomes, type Since, sinces } from './questions.ts';

const anyKey = 'any';
const stepSize = 100;
const most = 1000;

export function AuditPage() {
  const client = useClient();
  const [since, setSince] = useState<Since>('now-24h');
  const [keyId, setKeyId] = useState(anyKey);
  const [outcome, setOutcome] = useState<Outcome>('any');
  const [limit, setLimit] = useState(stepSize);

  const keys = useResource(client.keys).data?.keys ?? [];
  const load = useCallback(
    (signal: AbortSignal) =>
      client.audit(
        {
          from: since,
          limit,
          ...(keyId !== anyKey && { key_id: keyId }),
          ...(outcome !== 'any' && { outcome }),
        },
        signal,
      ),
    [client, since, keyId, outcome, limit],
  );
  const { data, error, loading, reload } = useResource(load);

  const keyOptions = [
    { value: anyKey, label: 'All keys' },
    ...keys.map(({ id, name, state }) => ({
      value: id,
      label: state === 'active' ? name : `${name} (${state})`,
    })),
  ];

  return (
    <Page
      title="Audit"
      group="Settings"
      lead="What was done with each key: what was asked, never the key and never the answer."
      action={
        <Button onClick={reload} busy={loading && data !== undefined}>
          Renew
        </Button>
      }
    >
      <div className={styles.filters}>
        <Select<Since> label="Since" value={since} options={sinces} onChange={setSince} />
        <Select label="Key" value={keyId} options={keyOptions} onChange={setKeyId} />
        <Select<Outcome> label="Outcome" value={outcome} options={outcomes} onChange={setOutcome} />
      </div>
      {error && <Failure error={error} onRetry={reload} />}
      {!data && !error && (
        <>
          <Loading what="the audit" />
          <Skeleton height="row" lines={6} />
        </>
      )}
      {data && data.records.length === 0 && (
        <Empty title="Nothing recorded">No call of this kind was made in this time.</Empty>
      )}
      {data && data.records.length > 0 && <AuditTable records={data.records} />}
      {data?.has_more && limit < most && <Button onClick={() => setLimit(most)}>Show up to {most}</Button>}
      {data?.has_more && limit >= most && (
        <p className={styles.more}>There are more than {most}. Choose a shorter time, a key or an outcome.</p>
      )}
    </Page>
  );
}
