import { useState } from 'react';
import type { Connection, Generated } from '../../api/answers.ts';
import { useResource } from '../../api/use-resource.ts';
import { Failure } from '../../components/failure.tsx';
import { Notice } from '../../components/notice.tsx';
import { Page } from '../../components/page.tsx';
import { Loading, Skeleton } from '../../components/skeleton.tsx';
import { useClient } from '../../session/session.tsx';
import { ClientTabs } from './client-tabs.tsx';
import styles from './connect.module.css';
import { KeyForSnippets } from './key-for-snippets.tsx';
import { assistants, senders } from './snippets.ts';

export function ConnectPage() {
  const { data, error, reload } = useResource(useClient().connection);
  return (
    <Page
      title="Connect"
      lead="Settings to paste: first for the assistant that asks, then for what sends telemetry."
    >
      {error && !data && <Failure error={error} onRetry={reload} />}
      {!data && !error && (
        <>
          <Loading what="addresses" />
          <Skeleton height="chart" lines={3} />
        </>
      )}
      {data && <Sections connection={data} />}
    </Page>
  );
}

function Sections({ connection }: { readonly connection: Connection }) {
  const [queryKey, setQueryKey] = useState<Generated>();
  const [ingestKey, setIngestKey] = useState<Generated>();
  const local = ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(connection.mcp_url).hostname);
  return (
    <>
      {local && (
        <Notice>
          <p>
            The server listens on this machine only. For others to reach it, set KUBESENSE_LISTEN, and
            KUBESENSE_PUBLIC_URL where it stands behind a name: the settings below follow.
          </p>
        </Notice>
      )}
      <section className={styles.section} aria-labelledby="assistants">
        <h2 id="assistants">Ask with an assistant</h2>
        <KeyForSnippets keyRole="query" name="my-assistant" generated={queryKey} onGenerated={setQueryKey} />
        <ClientTabs
          label="Assistants"
          shown={assistants(connection, standIn(queryKey))}
          copied={assistants(connection, queryKey?.secret ?? '<key>')}
        />
      </section>
      <section className={styles.section} aria-labelledby="senders">
        <h2 id="senders">Send telemetry, read metrics</h2>
        {connection.otlp_http_url === null && connection.otlp_grpc_url === null && (
          <Notice>Receiving telemetry is switched off on this server.</Notice>
        )}
        {connection.ingest_needs_key ? (
          <KeyForSnippets
            keyRole="ingest"
            name="collector"
            generated={ingestKey}
            onGenerated={setIngestKey}
          />
        ) : (
          <p className={styles.how}>
            Sending needs no key here, as the receivers listen on this machine only.
          </p>
        )}
        <ClientTabs
          label="Senders and readers"
          shown={senders(connection, standIn(ingestKey))}
          copied={senders(connection, ingestKey?.secret ?? '<key>')}
        />
      </section>
    </>
  );
}

/** A key is shown once, where it is generated; here only its beginning is. */
const standIn = (generated: Generated | undefined): string =>
  generated === undefined ? '<key>' : `ks_${generated.key.id}_••••••••`;
