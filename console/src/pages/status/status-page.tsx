import type { Status } from '../../api/answers.ts';
import { useResource } from '../../api/use-resource.ts';
import { Failure, failureTitle } from '../../components/failure.tsx';
import { Notice } from '../../components/notice.tsx';
import { Page } from '../../components/page.tsx';
import { Loading, Skeleton } from '../../components/skeleton.tsx';
import { useClient } from '../../session/session.tsx';
import { Facts } from './facts.tsx';
import { SignalPanel } from './signal-panel.tsx';
import styles from './status.module.css';
import { ToolPanel } from './tool-panel.tsx';

const pollMs = 5000;

export function StatusPage() {
  const { data, error, reload } = useResource(useClient().status, pollMs);
  return (
    <Page
      title="Status"
      lead="What arrives, what is stored, and how assistants use it. Renewed every five seconds."
    >
      {error && !data && <Failure error={error} onRetry={reload} />}
      {error && data && (
        <Notice look="danger">
          <p>
            {failureTitle(error)}. {error.message} What you see below is older.
          </p>
        </Notice>
      )}
      {!data && !error && (
        <>
          <Loading what="the status" />
          <Skeleton height="row" />
          <div className={styles.signals}>
            <Skeleton height="chart" lines={2} />
            <Skeleton height="chart" lines={2} />
            <Skeleton height="chart" lines={2} />
          </div>
        </>
      )}
      {data && <Sections status={data} />}
    </Page>
  );
}

function Sections({ status }: { readonly status: Status }) {
  return (
    <>
      {!status.store.ready && (
        <Notice look="caution">
          The store does not answer now. Telemetry that is sent is refused for a while, and senders try again.
        </Notice>
      )}
      <Facts status={status} />
      <div className={styles.signals}>
        {status.signals.map((signal) => (
          <SignalPanel
            key={signal.signal}
            signal={signal}
            elsewhere={status.store.metrics === 'prometheus'}
          />
        ))}
      </div>
      {status.tools !== null && <ToolPanel tools={status.tools} />}
    </>
  );
}
