import { useState } from 'react';
import type { ApiKey } from '../../api/answers.ts';
import { useResource } from '../../api/use-resource.ts';
import { Button } from '../../components/button.tsx';
import { Choice } from '../../components/choice.tsx';
import { Empty } from '../../components/empty.tsx';
import { Failure } from '../../components/failure.tsx';
import { Notice } from '../../components/notice.tsx';
import { Page } from '../../components/page.tsx';
import { Loading, Skeleton } from '../../components/skeleton.tsx';
import { TextField } from '../../components/text-field.tsx';
import { useClient } from '../../session/session.tsx';
import styles from './api-keys.module.css';
import { GenerateDialog } from './generate-dialog.tsx';
import { foundKeys, type Shown } from './key-search.ts';
import { KeyTable } from './key-table.tsx';
import { RevokeDialog } from './revoke-dialog.tsx';

export function ApiKeysPage() {
  const { data, error, reload } = useResource(useClient().keys);
  const [search, setSearch] = useState('');
  const [shown, setShown] = useState<Shown>('active');
  const [generating, setGenerating] = useState(false);
  const [revoking, setRevoking] = useState<ApiKey>();

  const all = data?.keys ?? [];
  const active = all.filter(({ state }) => state === 'active').length;
  const found = foundKeys(all, search, shown);

  return (
    <Page
      title="API Key Management"
      group="Settings"
      lead="A key lets an assistant ask, a collector send, or a person sign in here. What a key may see holds for every answer it gets."
      action={
        <Button
          look="primary"
          icon="plus"
          onClick={() => setGenerating(true)}
          disabled={data?.can_generate === false}
        >
          Generate API Key
        </Button>
      }
    >
      {error && <Failure error={error} onRetry={reload} />}
      {data === undefined && !error && <LoadingKeys />}
      {data && all.length > 0 && (
        <>
          <div className={styles.tools}>
            <TextField
              label="Search"
              type="search"
              placeholder="Name, role, namespace or cluster"
              value={search}
              onChange={(event) => setSearch(event.target.value)}
            />
            <Choice<Shown>
              label="Show"
              value={shown}
              onChange={setShown}
              options={[
                { value: 'active', label: `Active ${active}` },
                { value: 'ended', label: `Ended ${all.length - active}` },
                { value: 'all', label: `All ${all.length}` },
              ]}
            />
          </div>
          <p className="visually-hidden" role="status">
            {found.length} of {all.length} keys shown
          </p>
          {found.length > 0 ? (
            <KeyTable keys={found} currentKeyId={data.current_key_id} onRevoke={setRevoking} />
          ) : (
            <Empty title={search === '' ? `No ${shown} keys` : 'No key matches'}>
              {search === ''
                ? 'Choose All to see the others.'
                : `None of the keys shown here contains “${search}”.`}
            </Empty>
          )}
        </>
      )}
      {data && all.length === 0 && (
        <Empty title="No keys yet">
          Generate one for each client and person, so that each can be revoked alone and its last use tells
          who still needs it.
        </Empty>
      )}
      {data?.platform && (
        <Notice>Keys of your platform work too. They are managed there and not listed here.</Notice>
      )}
      <GenerateDialog open={generating} onClose={() => setGenerating(false)} onGenerated={reload} />
      <RevokeDialog
        apiKey={revoking}
        isCurrent={revoking !== undefined && revoking.id === data?.current_key_id}
        isLastAdmin={revoking !== undefined && isLastAdmin(revoking, all)}
        onClose={() => setRevoking(undefined)}
        onRevoked={reload}
      />
    </Page>
  );
}

function LoadingKeys() {
  return (
    <>
      <Loading what="keys" />
      <Skeleton height="row" lines={5} />
    </>
  );
}

function isLastAdmin(key: ApiKey, all: readonly ApiKey[]): boolean {
  const admins = all.filter(({ state, roles }) => state === 'active' && roles.includes('admin'));
  return admins.length === 1 && admins[0]?.id === key.id;
}
